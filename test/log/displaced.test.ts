import { cpSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DisplacedError, Log, LOG_START, nodeWorld, type LogOptions, type LogWorld } from '../../src/log/index.js';
import { emptyFolder, entry, optionsFor } from './support/log-folder.js';

/** An open log in a folder that can be moved. */
async function openLog(given: Partial<LogOptions> = {}, world: LogWorld = nodeWorld()) {
  const folder = join(await emptyFolder(), 'data');
  const log = await Log.open(world, optionsFor(folder, given));
  onTestFinished(() => log.close());
  return { log, folder, elsewhere: `${folder}-elsewhere` };
}

async function recordsIn(log: Log): Promise<number> {
  let records = 0;
  for await (const block of log.read({ from: LOG_START })) records += block.records;
  return records;
}

const displaced = (displacement: DisplacedError['displacement']) => ({ kind: 'displaced', displacement });

describe("a log's folder that is not where it was", () => {
  it('accepts nothing, and continues when it is back', async () => {
    const { log, folder, elsewhere } = await openLog({ keys: true });
    await log.append([entry(1)]);
    renameSync(folder, elsewhere);
    const keyed = { ...entry(2), key: 'two' };
    await expect(log.append([keyed])).rejects.toMatchObject(displaced('gone'));
    expect(log.displaced).toBeInstanceOf(DisplacedError);
    renameSync(elsewhere, folder);
    expect(log.checkFolder()).toBeUndefined();
    expect((await log.append([keyed])).stored).toBe(1);
    expect((await log.append([keyed])).stored).toBe(0);
    expect(await recordsIn(log)).toBe(2);
  });

  it.each(['removed', 'moved'])('is not written to when it was %s and another made in its place', async (how) => {
    const { log, folder, elsewhere } = await openLog({ segmentBytesMax: 1, keys: true, pack: true });
    await log.append([entry(1)]);
    await log.append([entry(2)]);
    await log.packed();
    if (how === 'removed') rmSync(folder, { recursive: true });
    else renameSync(folder, elsewhere);
    mkdirSync(folder);
    await expect(log.append([{ ...entry(3), key: 'three' }])).rejects.toMatchObject(displaced('replaced'));
    await expect(log.prune({ keepFrom: log.end, bytesMax: 0 })).rejects.toMatchObject(displaced('replaced'));
    await log.close();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is not taken for the copy in its place: what is in that is neither read nor pruned', async () => {
    const { log, folder, elsewhere } = await openLog({ segmentBytesMax: 1 });
    for (const n of [1, 2, 3]) await log.append([entry(n)]);
    renameSync(folder, elsewhere);
    cpSync(elsewhere, folder, { recursive: true, filter: (path) => !path.includes('lock.s-') });
    const before = readdirSync(folder);
    await expect(recordsIn(log)).rejects.toMatchObject(displaced('replaced'));
    await expect(log.prune({ keepFrom: log.end, bytesMax: 0 })).rejects.toMatchObject(displaced('replaced'));
    await log.close();
    expect(readdirSync(folder)).toEqual(before);
  });

  it('stores nothing of a batch under whose write it went away', async () => {
    let onSync: (() => void) | undefined;
    const world = nodeWorld();
    const { disk } = world;
    const moving: LogWorld = {
      ...world,
      disk: {
        ...disk,
        async open(path, mode) {
          const file = await disk.open(path, mode);
          if (!path.endsWith('.ndjson')) return file;
          return {
            ...file,
            async datasync() {
              await file.datasync();
              onSync?.();
            },
          };
        },
      },
    };
    const { log, folder, elsewhere } = await openLog({ durability: 'fsync' }, moving);
    await log.append([entry(1)]);
    onSync = () => renameSync(folder, elsewhere);
    await expect(log.append([entry(2)])).rejects.toMatchObject(displaced('gone'));
    onSync = undefined;
    renameSync(elsewhere, folder);
    await log.append([entry(3)]);
    expect(await recordsIn(log)).toBe(2);
  });

  it('is read as far as it is open, and by who follows when it is back', async () => {
    const { log, folder, elsewhere } = await openLog({ segmentBytesMax: 1 });
    await log.append([entry(1)]);
    await log.append([entry(2)]);
    renameSync(folder, elsewhere);
    const last: number[] = [];
    for await (const { records } of log.read({ from: { segment: 2, offset: 0 } })) last.push(records);
    expect(last).toEqual([1]);
    await expect(recordsIn(log)).rejects.toMatchObject(displaced('gone'));

    const stop = new AbortController();
    const follower = log.read({ from: LOG_START, follow: true, signal: stop.signal });
    const first = follower.next();
    const second = first.then(() => follower.next());
    // It waits now: nothing of the first segment is open.
    expect(log.checkFolder()).toMatchObject(displaced('gone'));
    await expect(log.append([entry(3)])).rejects.toMatchObject(displaced('gone'));
    renameSync(elsewhere, folder);
    expect(log.checkFolder()).toBeUndefined();
    const blocks = [await first, await second].map(({ value }) => value);
    expect(blocks.map((block) => [block?.position.segment, block?.records, block?.damage])).toEqual([
      [1, 1, []],
      [2, 1, []],
    ]);
    stop.abort();
    await follower.return();
  });
});
