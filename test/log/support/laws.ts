import { rm, writeFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { comparePositions, Log, LOG_START, openReadOnlyLog, type LogPosition } from '../../../src/log/index.js';
import {
  emptyFolder,
  entry,
  filesIn,
  optionsFor,
  readAll,
  readFolder,
  shortEntry,
  verifyFolder,
  worldWithoutSync,
} from './log-folder.js';

const world = worldWithoutSync();

const json = fc.jsonValue({ maxDepth: 3 });
const appends = fc.array(fc.array(json, { minLength: 1, maxLength: 6 }), { maxLength: 12 });

/** The laws of the log, each tried on so many made-up logs. */
export function describeLaws(runs: number): void {
  describe('whatever is appended', () => {
    it('is read back: by any block size, over any segment size, with restarts in between, packed or not', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(appends, { minLength: 1, maxLength: 3 }),
          fc.integer({ min: 1, max: 5000 }),
          fc.integer({ min: 1, max: 2000 }),
          fc.boolean(),
          async (lives, segmentBytesMax, blockBytes, pack) => {
            const folder = await emptyFolder();
            const ids: string[] = [];
            for (const life of lives) {
              const log = await Log.open(world, optionsFor(folder, { segmentBytesMax, pack }));
              const receipts = await Promise.all(life.map((values) => log.append(values.map(entry))));
              ids.push(...receipts.flatMap((receipt) => receipt.ids));
              await log.packed();
              await log.close();
            }
            const { events, damage, blocks } = await readFolder(folder, { blockBytes });
            expect(damage).toEqual([]);
            expect(events.map(({ data }) => data)).toEqual(JSON.parse(JSON.stringify(lives.flat(2))));
            expect(events.map(({ id }) => id)).toEqual(ids);
            let at: LogPosition = LOG_START;
            for (const { position, nextPosition } of blocks) {
              expect(comparePositions(position, at)).toBeGreaterThanOrEqual(0);
              expect(comparePositions(nextPosition, position)).toBeGreaterThan(0);
              at = nextPosition;
            }
            await rm(folder, { recursive: true });
          },
        ),
        { numRuns: runs },
      );
    });

    it('can be read on from any block on', async () => {
      await fc.assert(
        fc.asyncProperty(appends, fc.integer({ min: 100, max: 3000 }), async (life, blockBytes) => {
          const folder = await emptyFolder();
          const log = await Log.open(world, optionsFor(folder, { segmentBytesMax: 1000 }));
          for (const values of life) await log.append(values.map(entry));
          const whole = await readAll(log.read({ from: LOG_START, blockBytes }));
          let seen = 0;
          for (const { nextPosition, records } of whole.blocks) {
            seen += records;
            const rest = await readAll(log.read({ from: nextPosition }));
            expect(rest.events).toEqual(whole.events.slice(seen));
          }
          await log.close();
          await rm(folder, { recursive: true });
        }),
        { numRuns: runs },
      );
    });
  });

  describe('whatever happens to the bytes', () => {
    const harm = fc.array(
      fc.oneof(
        fc.record({ kind: fc.constant('flip' as const), at: fc.nat(), bit: fc.nat(7) }),
        fc.record({ kind: fc.constant('cut' as const), at: fc.nat() }),
        fc.record({
          kind: fc.constant('insert' as const),
          at: fc.nat(),
          bytes: fc.uint8Array({ minLength: 1, maxLength: 40 }),
        }),
        fc.record({ kind: fc.constant('double' as const), at: fc.nat(), length: fc.nat(300) }),
      ),
      { minLength: 1, maxLength: 4 },
    );
    type Harm = typeof harm extends fc.Arbitrary<readonly (infer Kind)[]> ? Kind : never;

    it('no event is read that was not written, none is missing without a word, and a recovered log is sound behind it', async () => {
      await fc.assert(
        fc.asyncProperty(appends, harm, fc.nat(), async (life, harms, which) => {
          const folder = await emptyFolder();
          const log = await Log.open(world, optionsFor(folder, { segmentBytesMax: 600 }));
          for (const values of life) await log.append(values.map(shortEntry));
          const written = (await readAll(log.read({ from: LOG_START }))).events;
          await log.close();
          const files = await filesIn(folder, '.ndjson');
          const file = files[which % Math.max(1, files.length)];
          if (file !== undefined) await writeFile(file.path, harms.reduce(harmed, file.content));

          const before = await readFolder(folder);
          const ids = new Map(written.map((event) => [event.id, event]));
          for (const event of before.events) expect(event).toEqual(ids.get(event.id));
          const isComplete = written.every(({ id }) => before.events.some((event) => event.id === id));
          if (!isComplete) expect(before.damage).not.toEqual([]);

          const recovered = await Log.open(world, optionsFor(folder));
          await recovered.append([entry('after')]);
          const after = await readAll(recovered.read({ from: LOG_START }));
          expect(after.events.at(-1)?.data).toBe('after');
          for (const event of after.events.slice(0, -1)) expect(event).toEqual(ids.get(event.id));
          const lost = written.some(({ id }) => !after.events.some((event) => event.id === id));
          if (lost) expect(after.damage.length + (recovered.torn === undefined ? 0 : 1)).toBeGreaterThan(0);
          await recovered.close();
          await rm(folder, { recursive: true });
        }),
        { numRuns: 2 * runs },
      );
    });

    function harmed(bytes: Buffer, what: Harm): Buffer {
      const at = what.at % Math.max(1, bytes.length);
      switch (what.kind) {
        case 'flip': {
          const copy = Buffer.from(bytes);
          copy[at] = (copy[at] ?? 0) ^ (1 << what.bit);
          return copy;
        }
        case 'cut':
          return bytes.subarray(0, at);
        case 'insert':
          return Buffer.concat([bytes.subarray(0, at), what.bytes, bytes.subarray(at)]);
        case 'double':
          return Buffer.concat([bytes.subarray(0, at + what.length), bytes.subarray(at)]);
      }
    }
  });

  describe('retention', () => {
    it('never removes what is behind the lowest checkpoint', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 30 }),
          fc.integer({ min: 0, max: 30_000 }),
          fc.option(fc.integer({ min: 0, max: 6000 }), { nil: undefined }),
          fc.nat(),
          async (gaps, olderThan, bytesMax, processed) => {
            const folder = await emptyFolder();
            let now = 1;
            const log = await Log.open({ ...world, now: () => now }, optionsFor(folder, { segmentBytesMax: 500 }));
            const ends: LogPosition[] = [LOG_START];
            for (const [i, gap] of gaps.entries()) {
              now += gap;
              ends.push((await log.append([entry(i)])).nextPosition);
            }
            const done = processed % ends.length;
            const keepFrom = ends[done] ?? LOG_START;
            const report = await log.prune({ olderThan, bytesMax, keepFrom });
            const rest = await readAll(openReadOnlyLog(world, folder).read({ from: keepFrom }));
            expect(rest.damage).toEqual([]);
            expect(rest.events.map(({ data }) => data)).toEqual(gaps.map((_, i) => i).slice(done));
            expect(await verifyFolder(folder)).toEqual([]);
            for (const { segment } of report.removed) expect(segment).toBeLessThan(keepFrom.segment);
            await log.close();
            await rm(folder, { recursive: true });
          },
        ),
        { numRuns: runs },
      );
    });
  });
}
