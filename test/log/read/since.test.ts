import { rm, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { LOG_START, type Disk, type LogReadOptions } from '../../../src/log/index.js';
import { guardedLine } from '../../../src/log/format/line.js';
import {
  emptyFolder,
  entry,
  eventsOf,
  filesIn,
  openLog,
  readAll,
  readFolder,
  worldAt,
  writeLog,
} from '../support/log-folder.js';

/** A log of `count` records, three to a millisecond, from 1000 on. */
async function timedLog(count: number, given: { segmentBytesMax: number; pack?: boolean }): Promise<string> {
  const folder = await emptyFolder();
  const clock = { now: 0 };
  const log = await openLog(folder, given, worldAt(clock));
  for (let i = 0; i < count; i += 3) {
    clock.now = 1000 + i / 3;
    await log.append([0, 1, 2].map((k) => entry(i + k)));
  }
  await log.close();
  return folder;
}

async function numbers(folder: string, options: Partial<LogReadOptions>): Promise<unknown[]> {
  const { events, damage } = await readFolder(folder, options);
  expect(damage).toEqual([]);
  return events.map(({ data }) => data);
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

describe('reading from a time on', () => {
  it('starts at the first record that is not older, wherever segments end', async () => {
    const folder = await timedLog(90, { segmentBytesMax: 1500 });
    for (const since of [0, 999, 1000, 1001, 1007, 1015, 1029, 1030, 5000]) {
      const first = Math.min(90, Math.max(0, (since - 1000) * 3));
      expect(await numbers(folder, { from: { since } })).toEqual(range(first, 90));
      expect(await numbers(folder, { from: { since }, blockBytes: 300 })).toEqual(range(first, 90));
    }
  });

  it('ends before the first record that is at the end time or later', async () => {
    const folder = await timedLog(90, { segmentBytesMax: 1500 });
    for (const until of [0, 1000, 1001, 1010, 1029, 1030]) {
      const end = Math.min(90, Math.max(0, (until - 1000) * 3));
      expect(await numbers(folder, { until })).toEqual(range(0, end));
      expect(await numbers(folder, { until, from: { since: 1005 } })).toEqual(range(15, Math.max(15, end)));
    }
  });

  it('gives no more records than asked for', async () => {
    const folder = await timedLog(90, { segmentBytesMax: 1500 });
    for (const recordsMax of [0, 1, 5, 20, 89, 90, 1000]) {
      expect(await numbers(folder, { recordsMax })).toEqual(range(0, Math.min(90, recordsMax)));
      expect(await numbers(folder, { recordsMax, from: { since: 1004 } })).toEqual(
        range(12, Math.min(90, 12 + recordsMax)),
      );
    }
  });

  it('gives blocks whose positions lead on to what follows, cut or not', async () => {
    const folder = await timedLog(60, { segmentBytesMax: 1500 });
    const { blocks } = await readFolder(folder, { from: { since: 1003 }, until: 1015, blockBytes: 700 });
    let next = 9;
    for (const { position, nextPosition, records } of blocks) {
      expect(await numbers(folder, { from: position })).toEqual(range(next, 60));
      next += records;
      expect(await numbers(folder, { from: nextPosition })).toEqual(range(next, 60));
    }
    expect(next).toBe(45);
  });

  it.each([
    ['plain', false],
    ['packed', true],
  ])('reads a small part of a large %s log', async (_form, pack) => {
    const folder = await emptyFolder();
    const clock = { now: 0 };
    const log = await openLog(folder, { segmentBytesMax: 3 << 20, pack }, worldAt(clock));
    const text = 'x'.repeat(2000);
    for (let i = 0; i < 5000; i++) {
      clock.now = 1000 + i;
      if (i % 10 === 0) await log.append(Array.from({ length: 10 }, (_, k) => entry({ i: i + k, text })));
    }
    await log.packed();
    let bytes = 0;
    const counting = countingDisk((count) => (bytes += count));
    await log.close();
    const reading = await openLog(folder, {}, { ...worldAt(clock), disk: counting });
    bytes = 0;
    const { events } = await readAll(reading.read({ from: { since: 5900 }, recordsMax: 10 }));
    expect(events.length).toBe(10);
    expect(events[0]?.timestamp).toBe(5900);
    expect(bytes).toBeLessThan(1_500_000);
  });

  it.each([
    ['missing', (path: string) => rm(path)],
    ['empty', (path: string) => writeFile(path, '')],
    ['garbage', (path: string) => writeFile(path, 'garbage\n{"offset":1}\n')],
    ['a lie', (path: string) => writeFile(path, Buffer.concat([lie(70), lie(1_100_000), lie(2_000_000)]))],
    [
      'of a longer segment',
      (path: string) => writeFile(path, guardedLine({ offset: 1e9, records: 1e6, timestamp: 1200 })),
    ],
  ])('finds the same when the index is %s', async (_what, harm) => {
    const folder = await emptyFolder();
    const clock = { now: 0 };
    const log = await openLog(folder, { segmentBytesMax: 100 << 20 }, worldAt(clock));
    const text = 'x'.repeat(20_000);
    for (let i = 0; i < 200; i++) {
      clock.now = 1000 + i;
      await log.append([entry({ i, text })]);
    }
    await log.close();
    for (const { path, content } of await filesIn(folder, '.index')) {
      expect(content.length).toBeGreaterThan(100);
      await harm(path);
    }
    for (const since of [1000, 1001, 1060, 1130, 1199, 1200]) {
      expect((await numbers(folder, { from: { since } })).length).toBe(1200 - since);
    }
  });

  it('sees a record that has the time of the segment before it', async () => {
    const folder = await emptyFolder();
    await writeLog(folder, [['a'], ['b'], ['c'], ['d']], { segmentBytesMax: 1 }, worldAt({ now: 5000 }));
    expect(await numbers(folder, { from: { since: 5000 } })).toEqual(['a', 'b', 'c', 'd']);
    expect(await numbers(folder, { from: { since: 5001 } })).toEqual([]);
  });

  it('follows on from there', async () => {
    const clock = { now: 1000 };
    const log = await openLog(await emptyFolder(), {}, worldAt(clock));
    await log.append([entry('old')]);
    clock.now = 2000;
    const stop = new AbortController();
    const following = (async () => {
      const seen: unknown[] = [];
      for await (const block of log.read({ from: { since: 1500 }, follow: true, signal: stop.signal })) {
        seen.push(...eventsOf(block).map(({ data }) => data));
        if (seen.includes('newer')) stop.abort();
      }
      return seen;
    })();
    await log.append([entry('new'), entry('new')]);
    await log.append([entry('newer')]);
    expect(await following).toEqual(['new', 'new', 'newer']);
  });
});

describe('reading', () => {
  it('makes one block of a line longer than a block', async () => {
    const folder = await emptyFolder();
    const values = ['a', 'x'.repeat(100_000), 'b'];
    await writeLog(folder, [values]);
    const { blocks, events } = await readFolder(folder, { blockBytes: 4096 });
    expect(events.map(({ data }) => data)).toEqual(values);
    expect(blocks.length).toBeGreaterThan(1);
  });

  it('continues over segments that are packed and removed meanwhile', async () => {
    const folder = await timedLog(300, { segmentBytesMax: 1500 });
    const log = await openLog(folder, { pack: true });
    const seen: unknown[] = [];
    for await (const block of log.read({ from: LOG_START, blockBytes: 500 })) {
      if (seen.length === 0) {
        await log.packed();
        expect(await filesIn(folder, '.ndjson')).toEqual([]);
        await log.prune({ keepFrom: log.end, bytesMax: 2000 });
      }
      seen.push(...block.damage.map(({ kind }) => kind), ...Array<string>(block.records).fill('record'));
    }
    // The segment that was open is read to its end, the removed ones are named, what is left is read.
    expect(seen.filter((what) => what === 'missing_segments').length).toBe(1);
    expect(seen[0]).toBe('record');
    expect(seen.at(-1)).toBe('record');
  });
});

function lie(offset: number): Buffer {
  return guardedLine({ offset, records: 3, timestamp: 1100 });
}

function countingDisk(count: (bytes: number) => void): Disk {
  const { disk } = worldAt({ now: 0 });
  return {
    ...disk,
    open: async (path, mode) => {
      const file = await disk.open(path, mode);
      return {
        ...file,
        read: async (into, start, end, position) => {
          const bytes = await file.read(into, start, end, position);
          count(bytes);
          return bytes;
        },
      };
    },
  };
}
