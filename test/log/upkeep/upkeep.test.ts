import { mkdir, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { guardedLine } from '../../../src/log/format/line.js';
import { LOG_START, nodeWorld, openReadOnlyLog, restoreLog } from '../../../src/log/index.js';
import {
  emptyFolder,
  entry,
  filesIn,
  openLog,
  readFolder,
  verifyFolder,
  worldAt,
  writeLog,
} from '../support/log-folder.js';

const DAY_MS = 86_400_000;

describe('the list of segments', () => {
  it('counts records, names the first and the last, and agrees with or without an index', async () => {
    const folder = await emptyFolder();
    const log = await openLog(folder, { segmentBytesMax: 1000 });
    for (let i = 0; i < 25; i++) await log.append([entry(i)]);
    const reader = openReadOnlyLog(nodeWorld(), folder);
    const before = await reader.segments();
    const { events } = await readFolder(folder);
    expect(before.reduce((sum, { records }) => sum + records, 0)).toBe(25);
    let at = 0;
    for (const { first, last, records } of before) {
      expect(first).toEqual({ id: events[at]?.id, timestamp: events[at]?.timestamp });
      at += records;
      expect(last).toEqual({ id: events[at - 1]?.id, timestamp: events[at - 1]?.timestamp });
    }
    for (const { path } of await filesIn(folder, '.index')) await rm(path);
    expect(await reader.segments()).toEqual(before);
    // The finished ones got their index back.
    expect((await filesIn(folder, '.index')).length).toBe(before.length - 1);
    expect(await reader.segments()).toEqual(before);
    expect(await log.segments()).toEqual(before);
  });

  it('continues from the last entry of an index that a crash truncated', async () => {
    const folder = await emptyFolder();
    const text = 'x'.repeat(100_000);
    await writeLog(
      folder,
      Array.from({ length: 40 }, () => [text, text]),
      { segmentBytesMax: 100 << 20 },
    );
    await writeLog(folder, [['next']]);
    const before = await openReadOnlyLog(nodeWorld(), folder).segments();
    const [index] = await filesIn(folder, '-0000000001.index');
    const lines = index?.content.toString('utf8').split('\n') ?? [];
    expect(lines.length).toBeGreaterThan(5);
    for (const kept of [1, 3, lines.length - 2]) {
      await writeFile(index?.path ?? '', `${lines.slice(0, kept).join('\n')}\n{"offset":`);
      expect(await openReadOnlyLog(nodeWorld(), folder).segments()).toEqual(before);
      const rebuilt = (await filesIn(folder, '-0000000001.index'))[0]?.content.toString('utf8').split('\n') ?? [];
      expect(rebuilt.slice(0, kept)).toEqual(lines.slice(0, kept));
      // The summary is the same, however the entries lie.
      expect(rebuilt.slice(-2)).toEqual(lines.slice(-2));
    }
  });

  it('shows packed segments and what was cut off', async () => {
    const folder = await emptyFolder();
    await writeLog(folder, [[1, 2, 3]]);
    const [plain] = await filesIn(folder, '.ndjson');
    await writeFile(plain?.path ?? '', 'torn', { flag: 'a' });
    const log = await openLog(folder, { pack: true });
    await log.packed();
    expect(await log.segments()).toMatchObject([
      {
        segment: 1,
        packed: true,
        records: 3,
        bytes: plain?.content.length,
        tornBytes: 4,
        file: expect.stringMatching(/\.gz$/) as unknown,
      },
    ]);
  });
});

describe('retention', () => {
  /** Ten segments, a day between them. */
  async function tenDays() {
    const folder = await emptyFolder();
    const clock = { now: 0 };
    const log = await openLog(folder, { segmentBytesMax: 1 }, worldAt(clock));
    for (let day = 0; day < 10; day++) {
      clock.now = 1_700_000_000_000 + day * DAY_MS;
      await log.append([entry({ day })]);
    }
    return { folder, log, now: clock.now };
  }
  const days = async (folder: string) =>
    (await readFolder(folder)).events.map(({ data }) => (data as { day: number }).day);

  it('removes by age, and only what is wholly too old', async () => {
    const { folder, log, now } = await tenDays();
    const report = await log.prune({ olderThan: now - 3.5 * DAY_MS, keepFrom: log.end });
    expect(report.removed.map(({ segment, because }) => [segment, because])).toEqual(
      [1, 2, 3, 4, 5].map((segment) => [segment, 'age']),
    );
    expect(report.keptNewest).toBe(false);
    // The sixth may hold records as young as the seventh's first.
    expect(await days(folder)).toEqual([5, 6, 7, 8, 9]);
    expect(await verifyFolder(folder)).toEqual([]);
    expect(log.stats()).toMatchObject({ segments: 5, bytes: report.bytesLeft });
  });

  it('removes by size, the oldest first, and never the last', async () => {
    const { folder, log } = await tenDays();
    const { bytes } = log.stats();
    const report = await log.prune({ bytesMax: bytes / 2, keepFrom: log.end });
    expect(report.removed.map(({ because }) => because)).toEqual(Array(5).fill('size'));
    expect(report.bytesLeft).toBe(bytes / 2);
    expect(report.keptNewest).toBe(false);
    expect((await log.prune({ bytesMax: 0, keepFrom: log.end })).keptNewest).toBe(true);
    expect(await days(folder)).toEqual([9]);
    const olderThan = Number.MAX_SAFE_INTEGER;
    expect(await log.prune({ olderThan, keepFrom: log.end })).toMatchObject({ removed: [], keptNewest: true });
    await log.append([entry({ day: 10 })]);
    expect(await verifyFolder(folder)).toEqual([]);
  });

  it('keeps what is not processed yet, and says so', async () => {
    const { folder, log, now } = await tenDays();
    const keepFrom = { segment: 4, offset: 0 };
    const report = await log.prune({ olderThan: now - 3.5 * DAY_MS, keepFrom });
    expect(report.removed.map(({ segment }) => segment)).toEqual([1, 2, 3]);
    expect(report.keptUnprocessed).toEqual([4, 5]);
    expect((await log.prune({ bytesMax: 0, keepFrom })).keptUnprocessed).toEqual([4, 5, 6, 7, 8, 9]);
    expect((await log.prune({ bytesMax: 0, keepFrom: LOG_START })).removed).toEqual([]);
    expect(await days(folder)).toEqual([3, 4, 5, 6, 7, 8, 9]);
  });

  it('can say what it would remove', async () => {
    const { folder, log } = await tenDays();
    const would = await openReadOnlyLog(nodeWorld(), folder).prune({ bytesMax: 0, keepFrom: log.end, dryRun: true });
    expect(would.removed.length).toBe(9);
    expect((await days(folder)).length).toBe(10);
  });

  it('removes indexes and packed segments too', async () => {
    const { folder, log } = await tenDays();
    await log.close();
    const packing = await openLog(folder, { pack: true });
    await packing.packed();
    await packing.prune({ bytesMax: 0, keepFrom: packing.end });
    expect((await readdir(folder)).filter((name) => !name.startsWith('lock')).sort()).toEqual([
      expect.stringMatching(/-0000000010\.index$/),
      expect.stringMatching(/-0000000010\.ndjson\.gz$/),
    ]);
  });

  it('bounds the last segment too, by beginning a new one a day after its first record', async () => {
    const folder = await emptyFolder();
    const clock = { now: 1_700_000_000_000 };
    const log = await openLog(folder, {}, worldAt(clock));
    for (let hour = 0; hour < 24 * 4; hour++) {
      await log.append([entry({ day: Math.floor(hour / 24) })]);
      clock.now += DAY_MS / 24;
    }
    expect((await log.segments()).length).toBe(4);
    await log.prune({ olderThan: clock.now - 2 * DAY_MS, keepFrom: log.end });
    expect(new Set(await days(folder))).toEqual(new Set([1, 2, 3]));
  });
});

describe('a backup', () => {
  it('holds what is durable, made while the log is written, and gives it back', async () => {
    const folder = await emptyFolder();
    const log = await openLog(folder, { segmentBytesMax: 2000, pack: true, durability: 'fsync' });
    for (let i = 0; i < 60; i++) await log.append([entry(i)]);
    await log.packed();
    const backup = join(await emptyFolder(), 'backup');
    const writing = { on: true };
    const writer = (async () => {
      for (let i = 60; writing.on; i++) await log.append([entry(i)]);
    })();
    const report = await log.backup(backup);
    writing.on = false;
    await writer;
    const restored = join(await emptyFolder(), 'restored');
    const summary = await restoreLog(nodeWorld(), backup, restored);
    const { events } = await readFolder(restored);
    expect(summary).toMatchObject({ findings: 0, records: events.length });
    expect(report.segments).toBe(summary.segments);
    expect(events.length).toBeGreaterThanOrEqual(60);
    expect(events).toEqual((await readFolder(folder)).events.slice(0, events.length));
    expect((await stat(restored)).mode & 0o777).toBe(0o700);
    const next = await openLog(restored, { keys: true });
    expect(next.keysLost, 'there never were any').toBeUndefined();
    await next.append([entry('on')]);
    expect(await verifyFolder(restored)).toEqual([]);
  });

  it('made beside the writer by another process ends at a whole record', async () => {
    const folder = await emptyFolder();
    await writeLog(folder, [[1, 2, 3]]);
    const [segment] = await filesIn(folder, '.ndjson');
    await truncate(segment?.path ?? '', (segment?.content.length ?? 0) - 5);
    const backup = join(await emptyFolder(), 'backup');
    await openReadOnlyLog(nodeWorld(), folder).backup(backup);
    const restored = join(await emptyFolder(), 'restored');
    await restoreLog(nodeWorld(), backup, restored);
    expect((await readFolder(restored)).events.map(({ data }) => data)).toEqual([1, 2]);
  });

  it('is refused into a folder that is not empty', async () => {
    const folder = await emptyFolder();
    await writeLog(folder, [[1]]);
    await expect(openReadOnlyLog(nodeWorld(), folder).backup(folder)).rejects.toMatchObject({ kind: 'refused' });
  });

  it('is not restored over anything', async () => {
    const folder = await emptyFolder();
    await writeLog(folder, [[1]]);
    const backup = join(await emptyFolder(), 'backup');
    await openReadOnlyLog(nodeWorld(), folder).backup(backup);
    await expect(restoreLog(nodeWorld(), backup, folder)).rejects.toMatchObject({ kind: 'refused' });
    const other = join(await emptyFolder(), 'other');
    await mkdir(other);
    await writeFile(join(other, 'something'), '');
    await expect(restoreLog(nodeWorld(), backup, other)).rejects.toMatchObject({ kind: 'refused' });
  });

  it.each([
    ['a file is missing', (path: string) => rm(path)],
    ['a file is shorter', (path: string) => truncate(path, 100)],
    [
      'a byte is another',
      async (path: string) =>
        writeFile(path, (await filesIn(join(path, '..'), '.ndjson'))[0]?.content.fill('!', 60, 61) ?? ''),
    ],
    ['the manifest is missing', (path: string) => rm(join(path, '../manifest.json'))],
    [
      'the manifest is damaged',
      (path: string) => writeFile(join(path, '../manifest.json'), '{"files":[],"crc":"00000000"}\n'),
    ],
  ])('is not restored when %s, and leaves nothing behind', async (_what, harm) => {
    const folder = await emptyFolder();
    await writeLog(folder, [[1, 2], [3]]);
    const backup = join(await emptyFolder(), 'backup');
    await openReadOnlyLog(nodeWorld(), folder).backup(backup);
    const [segment] = await filesIn(backup, '.ndjson');
    await harm(segment?.path ?? '');
    const restored = join(await emptyFolder(), 'restored');
    const refused = restoreLog(nodeWorld(), backup, restored);
    await expect(refused).rejects.toMatchObject({
      kind: 'damaged',
      message: expect.stringContaining(backup) as unknown,
    });
    await expect(refused).rejects.not.toThrow(restored);
    await expect(refused).rejects.not.toThrow('in 1 places');
    await expect(readdir(restored)).rejects.toThrow('ENOENT');
  });

  it.each([
    ['a lock', [{ file: 'lock.7', bytes: 0 }]],
    ['the folder above', [{ file: '..', bytes: 0 }]],
    ['this folder', [{ file: '.', bytes: 0 }]],
    ['an absolute path', [{ file: '/etc/passwd', bytes: 0 }]],
    ['a path', [{ file: 'keys/data.mdb', bytes: 0 }]],
    ['a path of another system', [{ file: '..\\x.ndjson', bytes: 0 }]],
    ['an index', [{ file: '000000000000001-0000000001.index', bytes: 0 }]],
    ['itself', [{ file: 'manifest.json', bytes: 0 }]],
    ['nothing', [{ file: '', bytes: 0 }]],
    ['a name that ends early', [{ file: '000000000000001-0000000001.ndjson\0', bytes: 0 }]],
    [
      'a file twice',
      [
        { file: 'SEGMENT', bytes: 0 },
        { file: 'SEGMENT', bytes: 0 },
      ],
    ],
    [
      'a segment plain and packed',
      [
        { file: 'SEGMENT', bytes: 0 },
        { file: 'SEGMENT.gz', bytes: 0 },
      ],
    ],
    ['a length that is none', [{ file: 'SEGMENT', bytes: -1 }]],
    ['a length that is a text', [{ file: 'SEGMENT', bytes: '1' }]],
  ])('is not restored when its manifest names %s, and nothing is written', async (_what, strange) => {
    const folder = await emptyFolder();
    await writeLog(folder, [[1, 2]]);
    const backup = join(await emptyFolder(), 'backup');
    await openReadOnlyLog(nodeWorld(), folder).backup(backup);
    const [segment] = await filesIn(backup, '.ndjson');
    const name = basename(segment?.path ?? '');
    const files = strange.map(({ file, bytes }) => ({
      file: file.replace('SEGMENT', name),
      bytes: bytes === 0 && file.startsWith('SEGMENT') ? segment?.content.length : bytes,
    }));
    await writeFile(join(backup, 'manifest.json'), guardedLine({ files }));
    const parent = await emptyFolder();
    await expect(restoreLog(nodeWorld(), backup, join(parent, 'restored'))).rejects.toMatchObject({ kind: 'damaged' });
    expect(await readdir(parent)).toEqual([]);
  });

  it('of an empty log is an empty log', async () => {
    const backup = join(await emptyFolder(), 'backup');
    await openReadOnlyLog(nodeWorld(), join(await emptyFolder(), 'none')).backup(backup);
    const restored = join(await emptyFolder(), 'restored');
    expect(await restoreLog(nodeWorld(), backup, restored)).toMatchObject({ records: 0, findings: 0 });
  });
});

describe('verify', () => {
  it('finds a record that is older than the one before it', async () => {
    const folder = await emptyFolder();
    await writeLog(folder, [['a'], ['b']], { segmentBytesMax: 1 }, worldAt({ now: 5000 }));
    const files = await filesIn(folder, '.ndjson');
    const foreign = await emptyFolder();
    await writeLog(foreign, [['c']], {}, worldAt({ now: 4000 }));
    const [older] = await filesIn(foreign, '.ndjson');
    await writeFile(files[1]?.path ?? '', older?.content ?? '', { flag: 'a' });
    expect(await verifyFolder(folder)).toMatchObject([
      {
        kind: 'time_steps_back',
        line: 2,
        segment: 2,
        message: expect.stringContaining('timestamp 4000 after 5000') as unknown,
      },
    ]);
  });

  it('counts what it went through', async () => {
    const folder = await emptyFolder();
    await writeLog(folder, [['a'], ['b'], ['c', 'd']], { segmentBytesMax: 400 });
    const files = await filesIn(folder, '.ndjson');
    const summary = await openReadOnlyLog(nodeWorld(), folder).verify(() => undefined);
    expect(summary).toEqual({
      segments: files.length,
      records: 4,
      keys: [],
      plainBehind: 0,
      bytes: files.reduce((sum, { content }) => sum + content.length, 0),
      findings: 0,
    });
  });
});
