import { appendFile, cp, open, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  LOG_START,
  nodeWorld,
  openReadOnlyLog,
  restoreLog,
  type Log,
  type LogOptions,
  type LogWorld,
} from '../../../src/log/index.js';
import { keyHash } from '../../../src/log/keys/key-index.js';
import { openKeyIndex } from '../../../src/log/keys/open-key-index.js';
import { faultyWorld } from '../support/faulty-disk.js';
import { emptyFolder, entry, filesIn, openLog, readAll, worldAt } from '../support/log-folder.js';
import { each } from '../../support/runs.js';

const keyed = (value: unknown, key: string) => ({ ...entry(value), key });
const openKeyed = (folder: string, given: Partial<LogOptions> = {}, world?: LogWorld) =>
  openLog(folder, { keys: true, ...given }, world);

async function values(log: Log): Promise<unknown[]> {
  const { events, damage } = await readAll(log.read({ from: LOG_START }));
  expect(damage).toEqual([]);
  return events.map(({ data }) => data);
}

describe('an idempotency key', () => {
  it('lets an event be stored once, and answers with its id: at once, later, and after a restart', async () => {
    const folder = await emptyFolder();
    const log = await openKeyed(folder);
    const first = log.append([keyed(1, 'a')]);
    const meanwhile = log.append([keyed('1 again', 'a')]);
    const { ids } = await first;
    expect(await meanwhile).toMatchObject({ ids, stored: 0 });
    expect(await log.append([keyed('1 later', 'a')])).toMatchObject({ ids, stored: 0, position: log.end });
    await log.close();
    const next = await openKeyed(folder);
    expect(await next.append([keyed('1 much later', 'a'), keyed(2, 'b')])).toMatchObject({
      ids: [ids[0], expect.any(String)],
      stored: 1,
    });
    expect(await values(next)).toEqual([1, 2]);
  });

  it('counts within one append too', async () => {
    const log = await openKeyed(await emptyFolder());
    const { ids, stored } = await log.append([keyed(1, 'a'), keyed(2, 'b'), keyed('1 again', 'a'), entry(3), entry(3)]);
    expect(stored).toBe(4);
    expect(ids[2]).toBe(ids[0]);
    expect(new Set(ids).size).toBe(4);
    expect(await values(log)).toEqual([1, 2, 3, 3]);
  });

  it('is rejected where no keys are stored', async () => {
    const log = await openLog(await emptyFolder());
    expect(() => log.tryAppend([keyed(1, 'a')])).toThrow(/this log stores none/);
  });

  it('can be any text', async () => {
    const log = await openKeyed(await emptyFolder());
    const keys = ['', ' ', 'ü', 'x'.repeat(100_000), 'x'.repeat(100_001), 'a\u0000b'];
    for (const key of keys) await log.append([keyed(key.length, key)]);
    for (const key of keys) expect((await log.append([keyed('again', key)])).stored).toBe(0);
  });

  it('of an event that was not stored is free: appends that waited for it are rejected too, and may be retried', async () => {
    const folder = await emptyFolder();
    const disk = { full: false };
    const world = faultyWorld(({ grows, file }) =>
      disk.full && grows && file.endsWith('.ndjson') ? { code: 'ENOSPC' } : undefined,
    );
    const log = await openKeyed(folder, { durability: 'fsync' }, world);
    await log.append([keyed(0, 'before')]);
    disk.full = true;
    const both = await Promise.allSettled([log.append([keyed(1, 'a')]), log.append([keyed(1, 'a')])]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await log.append([keyed(0, 'before')])).toMatchObject({ stored: 0 });
    disk.full = false;
    expect((await log.append([keyed(1, 'a')])).stored).toBe(1);
    expect((await log.append([keyed(1, 'a')])).stored).toBe(0);
    expect(await values(log)).toEqual([0, 1]);
  });

  it('of an event that a crash kept from being stored is free', async () => {
    const folder = await emptyFolder();
    const log = await openKeyed(folder, {}, worldAt({ now: 5000 }));
    await log.append([keyed(1, 'stored')]);
    await log.append([keyed(2, 'torn')]);
    await log.append([entry(3)]);
    await log.close();
    // The crash: the keys are noted, the second event's line is cut.
    const [segment] = await filesIn(folder, '.ndjson');
    const secondLine = (segment?.content.indexOf(0x0a) ?? 0) + 1;
    await truncate(segment?.path ?? '', secondLine + 20);
    for (const { path } of await filesIn(folder, '.index')) await rm(path);
    // And one whose record never came near the disk.
    const index = await openKeyIndex(nodeWorld().disk, join(folder, 'keys'));
    await index.claim([{ hash: keyHash('noted'), id: 'nowhere', timestamp: 9000 }]);
    await index.close();

    const next = await openKeyed(folder, {}, worldAt({ now: 6000 }));
    expect((await next.append([keyed('again', 'stored')])).stored).toBe(0);
    expect((await next.append([keyed(2, 'torn')])).stored).toBe(1);
    expect((await next.append([keyed(4, 'noted')])).stored).toBe(1);
    expect(await values(next)).toEqual([1, 2, 4]);
  });

  it('is forgotten with the segment that holds its event', async () => {
    const folder = await emptyFolder();
    const clock = { now: 1000 };
    const log = await openKeyed(folder, { segmentBytesMax: 1 }, worldAt(clock));
    for (const key of ['a', 'b', 'c']) {
      await log.append([keyed(key, key)]);
      clock.now += 1000;
    }
    const report = await log.prune({ olderThan: 2500, keepFrom: log.end });
    expect(report.removed.length).toBe(1);
    expect((await log.append([keyed('a', 'a')])).stored).toBe(1);
    expect((await log.append([keyed('b', 'b')])).stored).toBe(0);
    expect((await log.append([keyed('c', 'c')])).stored).toBe(0);
  });

  it('that was forgotten and came again is kept with its new event', async () => {
    const folder = `${await emptyFolder()}/keys`;
    const index = await openKeyIndex(nodeWorld().disk, folder);
    await index.claim([{ hash: keyHash('a'), id: 'first', timestamp: 1 }]);
    await index.claim([{ hash: keyHash('a'), id: 'second', timestamp: 5 }]);
    await index.forgetBefore(3);
    expect(index.find(keyHash('a'))?.id).toBe('second');
    await index.forgetBefore(6);
    expect(index.find(keyHash('a'))).toBeUndefined();
    await index.close();
  });

  it('is known from the journal alone, when a crash came before the table had it', async () => {
    const folder = await emptyFolder();
    const log = await openKeyed(folder);
    await log.append([keyed(1, 'a'), keyed(2, 'b')]);
    const crashed = await emptyFolder();
    await cp(folder, crashed, { recursive: true, filter: (path) => !path.endsWith('.mdb') && !path.includes('lock.') });
    const next = await openKeyed(crashed);
    expect((await next.append([keyed('again', 'b'), keyed(3, 'c')])).stored).toBe(1);
    expect(await values(next)).toEqual([1, 2, 3]);
  });

  it('that the journal says half of is none, for its event was not stored', async () => {
    const folder = await emptyFolder();
    const log = await openKeyed(folder);
    await log.append([keyed(1, 'a')]);
    await log.close();
    const [journal] = await claimFiles(folder);
    await appendFile(join(folder, journal ?? ''), '{"gone":[],"claims":["00');
    const next = await openKeyed(folder);
    expect((await next.append([keyed('again', 'a'), keyed(2, 'b')])).stored).toBe(1);
  });

  each(2)([
    ['its own', (log: Log) => log],
    ['another', (log: Log) => openReadOnlyLog(nodeWorld(), log.folder)],
  ])('comes with a backup that %s process makes', async (_whose, from) => {
    const folder = await emptyFolder();
    const log = await openKeyed(folder);
    for (const key of ['a', 'b', 'c']) await log.append([keyed(key, key)]);
    await from(log).backup(join(folder, 'copy'));
    await log.append([keyed('late', 'late')]);
    await restoreLog(nodeWorld(), join(folder, 'copy'), join(folder, 'again'));
    const again = await openKeyed(join(folder, 'again'));
    const { stored, ids } = await again.append(['a', 'b', 'c', 'late'].map((key) => keyed(key, key)));
    expect(stored).toBe(1);
    expect(ids.slice(0, 3)).toEqual((await log.append(['a', 'b', 'c'].map((key) => keyed(key, key)))).ids);
  });

  it('is not lost with any byte of a backup: a damaged one is rejected', async () => {
    const folder = await emptyFolder();
    const log = await openKeyed(folder);
    await log.append([keyed(1, 'a')]);
    await log.backup(join(folder, 'copy'));
    const path = join(folder, 'copy/keys.ndjson');
    const content = await readFile(path);
    content[20] = (content[20] ?? 0) ^ 1;
    await writeFile(path, content);
    await expect(restoreLog(nodeWorld(), join(folder, 'copy'), join(folder, 'again'))).rejects.toThrow('keys.ndjson');
  });

  it('is private', async () => {
    const folder = await emptyFolder();
    await openKeyed(folder);
    expect((await stat(join(folder, 'keys'))).mode & 0o777).toBe(0o700);
    for (const { path } of await filesIn(join(folder, 'keys'), '')) expect((await stat(path)).mode & 0o777).toBe(0o600);
  });
});

const claimFiles = async (folder: string): Promise<string[]> =>
  (await readdir(folder)).filter((name) => name.startsWith('claims-')).sort();

/** A log with some keys that was closed, or whose writer was killed. */
async function logWithKeys(end: 'closed' | 'killed'): Promise<{ folder: string; ids: readonly string[] }> {
  const folder = await emptyFolder();
  const log = await openKeyed(folder);
  const { ids } = await log.append(KEYS.map((key) => keyed(key, key)));
  if (end === 'closed') {
    await log.close();
    return { folder, ids };
  }
  const killed = await emptyFolder();
  await cp(folder, killed, { recursive: true, filter: (path) => !path.includes('lock.') });
  return { folder: killed, ids };
}

const KEYS = Array.from({ length: 500 }, (_, n) => `key ${n}`);

async function garble(path: string, from: number): Promise<void> {
  const { size } = await stat(path);
  const file = await open(path, 'r+');
  await file.write(Buffer.alloc(size - from, 0xa5), 0, size - from, from);
  await file.close();
}

describe('a table of keys', () => {
  each(2)([
    [
      'halved',
      async (folder: string) =>
        truncate(join(folder, 'keys/data.mdb'), (await stat(join(folder, 'keys/data.mdb'))).size / 2),
    ],
    ['cut to a few bytes', (folder: string) => truncate(join(folder, 'keys/data.mdb'), 100)],
    ['garbage', (folder: string) => garble(join(folder, 'keys/data.mdb'), 0)],
    ['garbage behind its first pages', (folder: string) => garble(join(folder, 'keys/data.mdb'), 3 * 4096)],
    ['empty', (folder: string) => truncate(join(folder, 'keys/data.mdb'), 0)],
    ['gone', (folder: string) => rm(join(folder, 'keys'), { recursive: true })],
  ])('that is %s is recreated: all keys are known, and it is told', async (_, damage) => {
    for (const end of ['closed', 'killed'] as const) {
      const { folder, ids } = await logWithKeys(end);
      await damage(folder);
      const log = await openKeyed(folder);
      expect(log.keysLost).toMatchObject({ noted: KEYS.length });
      expect(await log.append(KEYS.map((key) => keyed('again', key)))).toMatchObject({ ids, stored: 0 });
      await log.close();
      const next = await openKeyed(folder);
      expect([next.keysLost, (await next.append([keyed('again', KEYS[7] ?? '')])).stored]).toEqual([undefined, 0]);
      await next.close();
    }
  });

  it('that is lost with everything to rebuild it from is reported', async () => {
    const { folder } = await logWithKeys('closed');
    await rm(join(folder, 'keys'), { recursive: true });
    for (const file of await claimFiles(folder)) await rm(join(folder, file));
    const log = await openKeyed(folder);
    expect(log.keysLost).toEqual({ kind: 'none', noted: 0 });
  });

  it('of a writer that was killed is as good as one that was closed', async () => {
    const { folder, ids } = await logWithKeys('killed');
    const log = await openKeyed(folder);
    expect(log.keysLost).toBeUndefined();
    expect(await log.append(KEYS.map((key) => keyed('again', key)))).toMatchObject({ ids, stored: 0 });
  });

  it('when rebuilt has no keys that were withdrawn or removed', async () => {
    const folder = await emptyFolder();
    const disk = { full: false };
    const world = faultyWorld(({ grows, file }) =>
      disk.full && grows && file.endsWith('.ndjson') ? { code: 'ENOSPC' } : undefined,
    );
    const log = await openKeyed(folder, { durability: 'fsync' }, world);
    await log.append([keyed(0, 'stored')]);
    disk.full = true;
    await expect(log.append([keyed(1, 'refused')])).rejects.toThrow();
    disk.full = false;
    await log.close();
    await rm(join(folder, 'keys'), { recursive: true });
    const next = await openKeyed(folder);
    expect((await next.append([keyed(1, 'refused'), keyed(0, 'stored')])).stored).toBe(1);
  });

  it('is made from no more than the records that are kept', async () => {
    const folder = await emptyFolder();
    const clock = { now: 1000 };
    const log = await openKeyed(folder, { segmentBytesMax: 1 }, worldAt(clock));
    const long = Array.from({ length: 30_000 }, (_, n) => n);
    for (const round of [1, 2, 3, 4]) {
      await log.append(long.map((n) => keyed(n, `${round} ${n}`)));
      clock.now += 1000;
    }
    const before = await claimFiles(folder);
    expect(before.length).toBeGreaterThan(1);
    await log.prune({ olderThan: clock.now, keepFrom: log.end });
    expect((await claimFiles(folder)).length).toBeLessThan(before.length);
    await log.close();
    await rm(join(folder, 'keys'), { recursive: true });
    const next = await openKeyed(folder, {}, worldAt(clock));
    expect((await next.append([keyed(1, '1 1'), keyed(1, '4 1')])).stored).toBe(1);
  });
});
