import { readFile, stat } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { comparePositions, LOG_START, nodeWorld, openReadOnlyLog, type Receipt } from '../../src/log/index.js';
import {
  emptyFolder,
  entry,
  eventsOf,
  filesIn,
  METADATA,
  openLog,
  readAll,
  readFolder,
  verifyFolder,
  worldAt,
  writeLog,
} from './support/log-folder.js';

describe('a log', () => {
  it('gives back what was appended, in order, with ids that sort and timestamps that do not step back', async () => {
    const folder = await emptyFolder();
    const log = await openLog(folder);
    const receipts = await Promise.all([log.append([entry(1), entry('zwei')]), log.append([entry({ drei: [3] })])]);
    const { events, damage } = await readAll(log.read({ from: LOG_START }));

    expect(damage).toEqual([]);
    expect(events.map(({ data }) => data)).toEqual([1, 'zwei', { drei: [3] }]);
    expect(events.map(({ id }) => id)).toEqual(receipts.flatMap(({ ids }) => ids));
    expect(events.map(({ id }) => id)).toEqual(events.map(({ id }) => id).sort());
    expect(events.map(({ metadata }) => metadata)).toEqual(Array(3).fill(JSON.parse(METADATA)));
  });

  it('stores lines of JSON whose last key is the crc of the bytes before it', async () => {
    const folder = await emptyFolder();
    await writeLog(folder, [[{ text: 'grüße', big: 1 }]]);
    const [segment] = await filesIn(folder, '.ndjson');
    const line = segment?.content.toString('utf8').trimEnd() ?? '';
    const stored = JSON.parse(line) as Record<string, unknown>;

    expect(Object.keys(stored)).toEqual(['id', 'timestamp', 'data', 'metadata', 'crc']);
    const before = Buffer.from(line.slice(0, line.lastIndexOf(',"crc":')));
    expect(stored['crc']).toBe(crc32(before).toString(16).padStart(8, '0'));
  });

  it('keeps data as it was written: bytes or text, numbers that no double holds, an id of its own', async () => {
    const folder = await emptyFolder();
    const log = await openLog(folder);
    const data = '{"n":12345678901234567890.12345678901234567890, "2":1,"1":2}';
    await log.append([
      { data, metadata: METADATA },
      { data: Buffer.from(data), metadata: METADATA, id: 'my-own-id' },
    ]);
    const [block] = (await readAll(log.read({ from: LOG_START }))).blocks;
    const lines = block?.bytes.toString('utf8').split('\n') ?? [];
    expect(lines[0]).toContain(`"data":${data},"metadata":${METADATA}}`);
    expect(lines[1]).toMatch(/^\{"id":"my-own-id",/);
    expect(lines[1]).toContain(`"data":${data},"metadata":${METADATA}}`);
  });

  it.each([
    ['a line break', { data: '{\n}', metadata: METADATA }],
    ['a line break in bytes', { data: Buffer.from('{\n}'), metadata: METADATA }],
    ['nothing', { data: '', metadata: METADATA }],
    ['a line break in the metadata', { data: '1', metadata: '{\n}' }],
    ['an id that would have to be escaped', { data: '1', metadata: METADATA, id: 'a"b' }],
    ['more bytes than allowed', { data: `"${'ü'.repeat(600)}"`, metadata: METADATA }],
  ])('refuses an entry with %s, and takes none of the append', async (_what, bad) => {
    const folder = await emptyFolder();
    const log = await openLog(folder, { dataBytesMax: 1000 });
    expect(() => log.tryAppend([entry(1), bad])).toThrow(expect.objectContaining({ kind: 'record' }));
    await log.append([entry(2)]);
    expect((await readAll(log.read({ from: LOG_START }))).events.map(({ data }) => data)).toEqual([2]);
  });

  it('is readable by its owner alone', async () => {
    const folder = `${await emptyFolder()}/new/log`;
    await writeLog(folder, [[1]]);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    for (const { path } of await filesIn(folder, '')) expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('never lets timestamps step back, whatever the clock does, also across a restart', async () => {
    const folder = await emptyFolder();
    const clock = { now: 1_700_000_000_000 };
    for (const times of [
      [1_700_000_000_000, 1_700_000_005_000, 1_600_000_000_000],
      [1_500_000_000_000, 1_700_000_009_000],
    ]) {
      const log = await openLog(folder, {}, worldAt(clock));
      for (const now of times) {
        clock.now = now;
        await log.append([entry(now), entry(now)]);
      }
      await log.close();
    }
    const { events } = await readFolder(folder);
    const timestamps = events.map(({ timestamp }) => timestamp);
    expect(timestamps).toEqual(timestamps.toSorted((a, b) => a - b));
    expect(events.map(({ id }) => id)).toEqual(events.map(({ id }) => id).toSorted());
    expect(timestamps[0]).toBe(1_700_000_000_000);
    expect(timestamps.at(-1)).toBe(1_700_000_009_000);
  });

  it('begins a new segment when one is full, and after each restart, with names that sort by time', async () => {
    const folder = await emptyFolder();
    await writeLog(
      folder,
      Array.from({ length: 20 }, (_, i) => [i]),
      { segmentBytesMax: 1000 },
    );
    const before = (await filesIn(folder, '.ndjson')).length;
    expect(before).toBeGreaterThan(2);
    await writeLog(folder, [[20]]);
    const files = await filesIn(folder, '.ndjson');
    expect(files.length).toBe(before + 1);
    for (const { content } of files) expect(content.length).toBeLessThanOrEqual(1000);
    expect((await readFolder(folder)).events.map(({ data }) => data)).toEqual(Array.from({ length: 21 }, (_, i) => i));
    expect(await verifyFolder(folder)).toEqual([]);
  });

  it('begins a new segment when the first record of one is old', async () => {
    const folder = await emptyFolder();
    const clock = { now: 1000 };
    const log = await openLog(folder, { segmentAgeMaxMs: 500 }, worldAt(clock));
    for (const now of [1000, 1400, 1501, 1900]) {
      clock.now = now;
      await log.append([entry(now)]);
    }
    expect((await log.segments()).map(({ records }) => records)).toEqual([2, 2]);
  });

  it('names the places of what was appended, so that reading can start there', async () => {
    const folder = await emptyFolder();
    const log = await openLog(folder, { segmentBytesMax: 2000 });
    const receipts: Receipt[] = [];
    for (let i = 0; i < 30; i++) receipts.push(await log.append([entry(2 * i), entry(2 * i + 1)]));
    for (const [i, { position, nextPosition }] of receipts.entries()) {
      const from = await readAll(log.read({ from: position }));
      expect(from.events.map(({ data }) => data)).toEqual(Array.from({ length: 60 - 2 * i }, (_, k) => 2 * i + k));
      expect(from.damage).toEqual([]);
      const behind = await readAll(log.read({ from: nextPosition }));
      expect(behind.events.length).toBe(58 - 2 * i);
      expect(behind.damage).toEqual([]);
    }
    expect(comparePositions(receipts.at(-1)?.nextPosition ?? LOG_START, log.end)).toBe(0);
  });

  it('rejects an append when too much is waiting, and accepts it when there is room again', async () => {
    const folder = await emptyFolder();
    const log = await openLog(folder, { queueRecordsMax: 3 });
    const first = log.tryAppend([entry(1), entry(2)]);
    expect(first).not.toBe('full');
    expect(log.tryAppend([entry(3), entry(4)])).toBe('full');
    expect(log.stats().queuedRecords).toBe(2);
    const waited = log.append([entry(3), entry(4)]);
    await Promise.all([first, waited]);
    expect(log.stats()).toMatchObject({ queuedRecords: 0, queuedBytes: 0 });
    expect((await readAll(log.read({ from: LOG_START }))).events.map(({ data }) => data)).toEqual([1, 2, 3, 4]);
  });

  it('takes an append that is larger than the queue when nothing else waits', async () => {
    const log = await openLog(await emptyFolder(), { queueRecordsMax: 3 });
    const receipt = await log.append([1, 2, 3, 4, 5].map(entry));
    expect(receipt.stored).toBe(5);
  });

  it('stores nothing for an append of nothing', async () => {
    const log = await openLog(await emptyFolder());
    expect(await log.append([])).toMatchObject({ ids: [], stored: 0, position: LOG_START });
  });

  it('shares one sync among all appends that wait', async () => {
    const syncs: number[] = [];
    const log = await openLog(await emptyFolder(), {
      durability: 'fsync',
      hooks: { onSync: ({ records }) => syncs.push(records) },
    });
    await Promise.all(Array.from({ length: 500 }, (_, i) => log.append([entry(i)])));
    expect(syncs).toEqual([500]);
  });

  it('stores what was appended before it closes, and nothing after', async () => {
    const folder = await emptyFolder();
    const log = await openLog(folder);
    const receipts = Promise.all([log.append([entry(1)]), log.append([entry(2)])]);
    await log.close();
    expect((await receipts).map(({ stored }) => stored)).toEqual([1, 1]);
    expect(() => log.tryAppend([entry(3)])).toThrow(expect.objectContaining({ kind: 'closed' }));
    expect((await readFolder(folder)).events.length).toBe(2);
  });

  it('counts its bytes and segments', async () => {
    const folder = await emptyFolder();
    const log = await openLog(folder, { segmentBytesMax: 1000 });
    for (let i = 0; i < 20; i++) await log.append([entry(i)]);
    const files = await filesIn(folder, '.ndjson');
    expect(log.stats()).toMatchObject({
      segments: files.length,
      bytes: files.reduce((sum, { content }) => sum + content.length, 0),
      memoryRecords: 20,
    });
  });

  it('is empty when the folder does not exist', async () => {
    const reader = openReadOnlyLog(nodeWorld(), `${await emptyFolder()}/none`);
    expect(await readAll(reader.read({ from: LOG_START }))).toMatchObject({ events: [], damage: [] });
    expect(await readAll(reader.read({ from: { since: 0 } }))).toMatchObject({ events: [], damage: [] });
    expect(await reader.segments()).toEqual([]);
  });

  it('says where the folder is and what is wrong when it cannot be used', async () => {
    const folder = await emptyFolder();
    await writeLog(folder, [[1]]);
    const [segment] = await filesIn(folder, '.ndjson');
    await expect(openLog(segment?.path ?? '')).rejects.toThrow(/that is a file, not a folder/);
  });
});

describe('a log beside its readers', () => {
  it('answers from memory as far back as it reaches, and says so when it does not', async () => {
    const clock = { now: 1000 };
    const log = await openLog(await emptyFolder(), { memoryRecordsMax: 1000 }, worldAt(clock));
    for (let i = 0; i < 50; i++) {
      clock.now = 1000 + i;
      await log.append([entry(i), entry(i)]);
    }
    const recent = log.recent(1040, 1000);
    expect(recent === undefined ? undefined : eventsOf(recent).map(({ data }) => data)).toEqual(
      Array.from({ length: 20 }, (_, i) => 40 + Math.floor(i / 2)),
    );
    const limited = log.recent(1040, 3);
    expect(limited === undefined ? undefined : eventsOf(limited).map(({ data }) => data)).toEqual([40, 40, 41]);
    expect(log.recent(2000, 10)).toMatchObject({ records: 0 });
  });

  it('does not answer from memory what was stored before it was opened', async () => {
    const folder = await emptyFolder();
    const clock = { now: 1000 };
    await writeLog(folder, [[1]], {}, worldAt(clock));
    clock.now = 2000;
    const log = await openLog(folder, {}, worldAt(clock));
    await log.append([entry(2)]);
    expect(log.recent(1000, 10)).toBeUndefined();
    expect(log.recent(1001, 10)).toMatchObject({ records: 1 });
  });

  it('forgets the oldest when memory is full, in records and in bytes', async () => {
    const clock = { now: 0 };
    const fill = async (given: { memoryRecordsMax: number; memoryBytesMax?: number }) => {
      clock.now = 0;
      const log = await openLog(await emptyFolder(), given, worldAt(clock));
      for (let i = 1; i <= 40; i++) {
        clock.now = i;
        await log.append([entry('x'.repeat(50_000))]);
      }
      return log;
    };
    const byRecords = await fill({ memoryRecordsMax: 8 });
    expect(byRecords.stats().memoryRecords).toBeGreaterThanOrEqual(8);
    expect(byRecords.stats().memoryRecords).toBeLessThan(16);
    expect(byRecords.recent(1, 100)).toBeUndefined();
    expect(byRecords.recent(33, 100)).toMatchObject({ records: 8 });

    const byBytes = await fill({ memoryRecordsMax: 1000, memoryBytesMax: 600_000 });
    expect(byBytes.stats().memoryRecords).toBeLessThanOrEqual(12);
    expect(byBytes.recent(40, 100)).toMatchObject({ records: 1 });

    const none = await fill({ memoryRecordsMax: 0 });
    expect(none.recent(40, 100)).toBeUndefined();
    expect(none.recent(41, 100)).toMatchObject({ records: 0 });
  });

  it('is followed by readers in its process and beside it, who see each event once', async () => {
    const folder = await emptyFolder();
    const log = await openLog(folder, { segmentBytesMax: 5000, durability: 'fsync' });
    const follow = async (blocks: AsyncIterable<{ bytes: Buffer; records: number }>, stop: () => void) => {
      const seen: unknown[] = [];
      for await (const block of blocks) {
        seen.push(...eventsOf(block).map(({ data }) => data));
        if (seen.length >= 300) stop();
      }
      return seen;
    };
    const inside = new AbortController();
    const beside = new AbortController();
    const following = [
      follow(log.read({ from: LOG_START, follow: true, signal: inside.signal }), () => inside.abort()),
      follow(openReadOnlyLog(nodeWorld(), folder).read({ from: LOG_START, follow: true, signal: beside.signal }), () =>
        beside.abort(),
      ),
    ];
    for (let i = 0; i < 300; i++) await log.append([entry(i)]);
    const all = Array.from({ length: 300 }, (_, i) => i);
    expect(await Promise.all(following)).toEqual([all, all]);
  });

  it('ends the reading of those who follow it when it is closed', async () => {
    const log = await openLog(await emptyFolder());
    await log.append([entry(1)]);
    const following = readAll(log.read({ from: LOG_START, follow: true }));
    await log.append([entry(2)]);
    await log.close();
    expect((await following).events.map(({ data }) => data)).toEqual([1, 2]);
  });

  it('ends a plain reading where the log ended when it began, however fast it grows', async () => {
    const log = await openLog(await emptyFolder());
    for (let i = 0; i < 5; i++) await log.append([entry(i)]);
    const seen: unknown[] = [];
    for await (const block of log.read({ from: LOG_START, blockBytes: 200 })) {
      seen.push(...eventsOf(block).map(({ data }) => data));
      await log.append([entry('later')]);
    }
    expect(seen).toEqual([0, 1, 2, 3, 4]);
  });

  it('shows a reader in its process nothing that is not durable', async () => {
    const folder = await emptyFolder();
    const log = await openLog(folder, { durability: 'fsync' });
    await log.append([entry(1)]);
    const pending = log.append([entry(2)]);
    const { events } = await readAll(log.read({ from: LOG_START }));
    expect(events.map(({ data }) => data)).toEqual([1]);
    await pending;
  });

  it('keeps the lock file private and readable', async () => {
    const folder = await emptyFolder();
    await openLog(folder);
    const [lock] = await filesIn(folder, 'lock.1');
    expect(JSON.parse(await readFile(lock?.path ?? '', 'utf8'))).toMatchObject({ pid: process.pid });
  });
});
