import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { KeyError, KeyRing } from '../../../src/crypt/index.js';
import { Log, nodeWorld, rekeyLog, restoreLog } from '../../../src/log/index.js';
import { KEYS } from '../support/keys.js';
import {
  emptyFolder,
  entry,
  filesIn,
  openLog,
  optionsFor,
  readFolder,
  shortEntry,
  verifyFolder,
  writeLog,
} from '../support/log-folder.js';

const MARK = 'quetzal';
const OTHER = new KeyRing([Buffer.alloc(32, 'another key')]);
const BOTH = new KeyRing([Buffer.alloc(32, 'another key'), Buffer.alloc(32, 'a key of a test')]);

const named = (names: readonly { readonly path: string }[]): string[] =>
  names.map(({ path }) => path.replace(/^.*?-0*(\d+)\./, '$1.'));

describe('a log that is encrypted from some day on', () => {
  it('keeps its plain segments readable, knows its idempotency keys, and is rekeyed whole', async () => {
    const folder = await emptyFolder();
    const keyed = (n: number, print = 'f') => ({
      ...entry({ n, word: MARK }),
      key: `key ${n}`,
      fingerprint: `${print}${n}`,
    });
    const before = await openLog(folder, { keys: true, segmentBytesMax: 1, pack: true });
    const first = await before.append([keyed(1)]);
    await before.append([keyed(2)]);
    await before.packed();
    await before.close();
    const plain = await openLog(folder, { keys: true });
    await plain.append([keyed(3)]);
    await plain.close();
    const [torn] = await filesIn(folder, '-0000000003.ndjson');
    await writeFile(
      torn?.path ?? '',
      Buffer.concat([torn?.content ?? Buffer.alloc(0), Buffer.from(`{"data":"${MARK}`)]),
    );

    const log = await openLog(folder, { keys: true, segmentBytesMax: 1, pack: true }, nodeWorld(KEYS));
    expect(await log.append([keyed(1), keyed(4)])).toMatchObject({
      ids: [first.ids[0], expect.any(String)],
      stored: 1,
    });
    const fourth = await log.append([keyed(4, 'other'), keyed(2, 'other')]);
    expect(fourth).toMatchObject({ stored: 0, conflicts: [0, 1] });
    await log.append([keyed(5)]);
    await log.packed();
    await log.close();
    expect(named(await filesIn(folder, ''))).toEqual(
      expect.arrayContaining([
        '1.ndjson.gz',
        '2.ndjson.gz',
        '3.ndjson.gz',
        '3.torn',
        '4.ndjson.gz.enc',
        '5.ndjson.enc',
      ]) as unknown,
    );
    const { events } = await readFolder(folder, {}, KEYS);
    expect(events.map(({ data }) => (data as { n: number }).n)).toEqual([1, 2, 3, 4, 5]);

    // A claim is a hash: of those before, the key itself can't be hashed anew.
    expect(await rekeyLog(nodeWorld(BOTH), folder, 'test')).toEqual({
      rekeyed: 5,
      current: 0,
      left: [],
      lost: [],
      unreadable: [],
    });
    expect(await rekeyLog(nodeWorld(BOTH), folder, 'test')).toEqual({
      rekeyed: 0,
      current: 5,
      left: [],
      lost: [],
      unreadable: [],
    });
    for (const { path, content } of await filesIn(folder, '')) expect(content.includes(MARK), path).toBe(false);
    expect((await readFolder(folder, {}, OTHER)).events).toEqual(events);
    expect(await verifyFolder(folder, OTHER)).toEqual([]);
    const after = await openLog(folder, { keys: true }, nodeWorld(OTHER));
    expect(await after.append([1, 2, 3, 4, 5].map((n) => keyed(n)))).toMatchObject({ stored: 0, conflicts: [] });
    await after.close();
  });

  it('leaves a damaged segment as it is, says so, and rekeys the others', async () => {
    const folder = await emptyFolder();
    await writeLog(folder, [['a'], ['b'], ['c']], { segmentBytesMax: 1 }, nodeWorld(KEYS));
    const [, middle] = await filesIn(folder, '.ndjson.enc');
    if (middle === undefined) throw new Error('there are no segments');
    middle.content[200] = (middle.content[200] ?? 0) ^ 1;
    await writeFile(middle.path, middle.content);
    expect(await rekeyLog(nodeWorld(BOTH), folder, 'test')).toMatchObject({
      rekeyed: 2,
      left: [expect.stringContaining(middle.path)],
    });
    expect((await filesIn(folder, '.ndjson.enc'))[1]).toEqual(middle);
    const { events, damage } = await readFolder(folder, {}, BOTH);
    expect([events.map(({ data }) => data), damage]).toMatchObject([
      ['a', 'c'],
      [{ kind: 'sealed_frame', segment: 2 }],
    ]);
  });
});

describe('without the right key', () => {
  it('nothing is opened, cut, restored or rekeyed, and the key is named', async () => {
    const folder = await emptyFolder();
    await writeLog(folder, [['a'], ['b']], { segmentBytesMax: 1, keys: true }, nodeWorld(KEYS));
    const [, last] = await filesIn(folder, '.ndjson.enc');
    // As a kill leaves it: with a torn frame, which only the right key may cut.
    await writeFile(last?.path ?? '', (last?.content ?? Buffer.alloc(0)).subarray(0, -60));
    const files = await filesIn(folder, '.enc');
    const backup = join(await emptyFolder(), 'backup');
    const log = await openLog(await emptyFolder(), {}, nodeWorld(KEYS));
    await log.append([shortEntry('kept')]);
    await log.backup(backup);
    for (const keys of [OTHER, undefined]) {
      const actions: (() => Promise<unknown>)[] = [
        () => Log.open(nodeWorld(keys), optionsFor(folder)),
        () => readFolder(folder, {}, keys),
        () => restoreLog(nodeWorld(keys), backup, join(folder, 'restored')),
        () => rekeyLog(nodeWorld(keys), folder, 'test'),
      ];
      for (const act of actions) {
        const acted = act();
        await expect(acted).rejects.toThrow(KeyError);
        if (act !== actions[3] || keys !== undefined) await expect(acted).rejects.toThrow(KEYS.currentId);
      }
      expect(await filesIn(folder, '.enc')).toEqual(files);
      expect(await filesIn(folder, '.torn')).toEqual([]);
    }
    const reopened = await openLog(folder, { keys: true }, nodeWorld(KEYS));
    expect(reopened.torn).toMatchObject({ segment: 2 });
    await reopened.close();
    await rm(join(folder, 'claims.key'));
    const lost = Log.open(nodeWorld(KEYS), optionsFor(folder, { keys: true }));
    await expect(lost).rejects.toThrow('claims.key is missing');
  });
});

describe('a plain log that is rekeyed before anybody writes to it', () => {
  it('is opened afterwards, and knows its idempotency keys', async () => {
    const folder = await emptyFolder();
    const keyed = { ...entry({ n: 1, word: MARK }), key: 'key 1', fingerprint: 'f1' };
    const plain = await openLog(folder, { keys: true });
    const first = await plain.append([keyed]);
    await plain.close();
    expect(await rekeyLog(nodeWorld(KEYS), folder, 'test')).toMatchObject({ rekeyed: 1, left: [], unreadable: [] });
    const log = await openLog(folder, { keys: true }, nodeWorld(KEYS));
    expect((await log.append([keyed])).ids).toEqual(first.ids);
    await log.close();
  });
});
