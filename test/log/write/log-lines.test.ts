import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LOG_START, LogLines, type LogEntry } from '../../../src/log/index.js';
import { emptyFolder, METADATA, openLog, readAll, verifyFolder } from '../support/log-folder.js';

/** Lines of a block that has something else between them, as rejected lines do. */
function linesOf(texts: readonly string[]): LogLines {
  const between = Buffer.from(' x\n');
  const bytes = Buffer.concat([between, ...texts.flatMap((text) => [Buffer.from(text), between])]);
  const lines = new LogLines(bytes, METADATA);
  let at = between.length;
  for (const text of texts) {
    const end = at + Buffer.byteLength(text);
    lines.add(at, end);
    at = end + between.length;
  }
  return lines;
}

const texts = fc.array(fc.json(), { minLength: 1, maxLength: 600 });

describe('lines of a log', () => {
  it('are stored as an entry for each is, in order, between entries', async () => {
    await fc.assert(
      fc.asyncProperty(texts, texts, async (first, second) => {
        const folder = await emptyFolder();
        const log = await openLog(folder);
        const entry: LogEntry = { data: '"between"', metadata: METADATA, id: 'own' };
        const receipt = await log.append([linesOf(first), entry, linesOf(second)]);
        const { events, damage } = await readAll(log.read({ from: LOG_START }));
        const ids = events.map(({ id }) => id).filter((id) => id !== 'own');

        expect(receipt).toMatchObject({ ids: ['own'], stored: first.length + 1 + second.length });
        expect(receipt.nextPosition).toEqual(log.end);
        expect(damage).toEqual([]);
        expect(events.map(({ data }) => JSON.stringify(data))).toEqual(
          [...first, entry.data as string, ...second].map((text) => JSON.stringify(JSON.parse(text))),
        );
        expect(ids).toEqual([...new Set(ids)].sort());
        expect(new Set(events.map(({ timestamp }) => timestamp)).size).toBe(1);
        expect(log.recent(0, 10_000)).toMatchObject({ records: events.length });
        await log.close();
        expect(await verifyFolder(folder)).toEqual([]);
      }),
      { numRuns: 20 },
    );
  });

  it('are refused together when one is too long', async () => {
    const log = await openLog(await emptyFolder(), { dataBytesMax: 100 });
    expect(() => log.tryAppend([linesOf(['1', `"${'x'.repeat(100)}"`])])).toThrow(
      expect.objectContaining({ kind: 'record' }),
    );
    expect(log.stats().queuedRecords).toBe(0);
  });

  it('count one by one for the queue', async () => {
    const log = await openLog(await emptyFolder(), { queueRecordsMax: 3 });
    const first = log.tryAppend([linesOf(['1', '2'])]);
    expect(log.tryAppend([linesOf(['3', '4'])])).toBe('full');
    expect(await first).toMatchObject({ stored: 2 });
  });

  it('can be taken in slices', () => {
    const { count, bytesTotal, bytesOfLongest, starts, ends, bytes } = linesOf(['1', '"two"', '33', '4']).slice(1, 3);
    expect([count, bytesTotal, bytesOfLongest]).toEqual([2, 7, 5]);
    expect([0, 1].map((at) => bytes.toString('utf8', starts[at], ends[at]))).toEqual(['"two"', '33']);
  });
});
