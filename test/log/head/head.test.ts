import { readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FRAME_MAGIC, sealWhole } from '../../../src/crypt/index.js';
import { Log, nodeWorld, rekeyLog, restoreLog } from '../../../src/log/index.js';
import { KEYS } from '../support/keys.js';
import {
  emptyFolder,
  filesIn,
  openLog,
  optionsFor,
  readFolder,
  shortEntry,
  verifyFolder,
  writeLog,
} from '../support/log-folder.js';

const world = nodeWorld(KEYS);
const VALUES = ['one', 'two', 'three', 'four'];

/** An encrypted log with one frame for each of {@link VALUES}, two in each segment, without indexes, which also know lengths. */
async function sealedLog(folder?: string): Promise<string> {
  const made = folder ?? (await emptyFolder());
  await writeLog(
    made,
    VALUES.map((value) => [value]),
    { segmentBytesMax: 400 },
    world,
  );
  for (const { path } of await filesIn(made, '.index')) await rm(path);
  return made;
}

const dataOf = async (folder: string): Promise<unknown[]> =>
  (await readFolder(folder, {}, KEYS)).events.map(({ data }) => data);

/** Where frames start in a file, and where it ends. */
function borders(content: Buffer): number[] {
  const found: number[] = [];
  for (let at = content.indexOf(FRAME_MAGIC); at !== -1; at = content.indexOf(FRAME_MAGIC, at + 1)) found.push(at);
  return found;
}

/** What is told of a log by one who reads it, who verifies it, and who opens it; then it is sound. */
async function told(folder: string): Promise<{ read: string[]; verified: string[]; opened: string[] }> {
  const read = (await readFolder(folder, {}, KEYS)).damage.map(({ message }) => message);
  const verified = (await verifyFolder(folder, KEYS)).map(({ message }) => message);
  const log = await Log.open(world, optionsFor(folder));
  const opened = log.losses.map(({ message }) => message);
  await log.append([shortEntry('after')]);
  await log.close();
  const again = await openLog(folder, {}, world);
  expect(again.losses).toEqual([]);
  await again.close();
  return { read, verified, opened };
}

describe('an encrypted log', () => {
  it('that is cut off between two frames, or put back as it was, is told when it is opened, read and verified', async () => {
    const segments = await filesIn(await sealedLog(), '.ndjson.enc');
    expect(segments.length).toBe(2);
    const places = borders(segments.at(-1)?.content ?? Buffer.alloc(0));
    // The last of them is the end, behind which nothing is lost.
    expect(places.length).toBe(3);
    for (const [i, at] of places.entries()) {
      const folder = await sealedLog();
      const [, file] = await filesIn(folder, '.ndjson.enc');
      await truncate(file?.path ?? '', at);
      const kept = VALUES.slice(0, 2 + i);
      expect(await dataOf(folder)).toEqual(kept);
      const { read, verified, opened } = await told(folder);
      const isCut = i < places.length - 1;
      for (const messages of [read, verified, opened]) {
        expect(messages.length).toBe(isCut ? 1 : 0);
        if (isCut) expect(messages[0]).toMatch(`${file?.path ?? ''}: byte `);
        if (isCut) expect(messages[0]).toContain('the log ends here, but was acknowledged up to byte');
      }
      expect(await verifyFolder(folder, KEYS)).toEqual([]);
      expect(await dataOf(folder)).toEqual([...kept, 'after']);
    }
  });

  it('without its last file, or without any, is told of', async () => {
    const folder = await sealedLog();
    const [first, last] = await filesIn(folder, '.ndjson.enc');
    await rm(last?.path ?? '');
    const { read, verified, opened } = await told(folder);
    for (const messages of [read, verified, opened]) {
      expect(messages).toEqual([expect.stringMatching(/: byte \d+: the log ends here.*of segment 2/)]);
      expect(messages[0]).toContain(first?.path);
    }
    for (const { path } of await filesIn(folder, '.ndjson.enc')) await rm(path);
    expect((await readFolder(folder, {}, KEYS)).damage).toMatchObject([{ kind: 'cut_off', file: folder }]);
  });

  it('reads nothing of a segment of another log with the same key, or of a plain one, and keeps all else', async () => {
    const [folder, other] = [await sealedLog(), await sealedLog()];
    const plain = await emptyFolder();
    await writeLog(plain, [['forged']]);
    const forged = (await filesIn(plain, '.ndjson'))[0]?.content ?? '';
    const mine = await filesIn(folder, '.ndjson.enc');
    const others = await filesIn(other, '.ndjson.enc');
    for (const [i, { path, content }] of mine.entries()) {
      const rest = VALUES.filter((_, n) => Math.floor(n / 2) !== i);
      await writeFile(path, others[i]?.content ?? '');
      expect(await dataOf(folder)).toEqual(rest);
      expect((await verifyFolder(folder, KEYS)).map(({ message }) => message)).toContainEqual(
        expect.stringMatching(/the file is of another log/),
      );
      expect((await readFolder(folder, {}, KEYS)).damage).toMatchObject([{ kind: 'sealed_frame', segment: i + 1 }]);
      // Beside the true one it does not count; in its place, nothing of it is read.
      const beside = path.replace('.enc', '');
      await writeFile(beside, forged);
      await writeFile(path, content);
      expect(await dataOf(folder)).toEqual(VALUES);
      await rm(path);
      expect(await dataOf(folder)).toEqual(rest);
      expect(await verifyFolder(folder, KEYS)).toContainEqual(
        expect.objectContaining({
          kind: 'sealed_frame',
          message: expect.stringContaining('is not encrypted') as unknown,
        }),
      );
      await rm(beside);
      await writeFile(path, content);
    }
    // As its last one when it is opened: nothing is cut off it.
    const last = mine.at(-1)?.path ?? '';
    await writeFile(last, others.at(-1)?.content ?? '');
    await (await openLog(folder, {}, world)).close();
    expect(await readFile(last)).toEqual(others.at(-1)?.content);
    expect(await filesIn(folder, '.torn')).toEqual([]);
  });

  it('says that its head is damaged or missing, once, and has it again', async () => {
    for (const harm of ['flip', 'remove'] as const) {
      const folder = await sealedLog();
      const head = join(folder, 'log.head');
      const content = await readFile(head);
      content[600] = (content[600] ?? 0) ^ 1;
      await (harm === 'flip' ? writeFile(head, content) : rm(head));
      const { read, verified, opened } = await told(folder);
      const message = harm === 'flip' ? 'byte 512: what tells of' : 'byte 0: missing';
      for (const messages of [read, verified, opened]) expect(messages).toEqual([expect.stringContaining(message)]);
      expect(await verifyFolder(folder, KEYS)).toEqual([]);
      expect(await dataOf(folder)).toEqual([...VALUES, 'after']);
    }
  });

  it('is the same log when it is restored', async () => {
    const folder = await sealedLog();
    const place = await emptyFolder();
    const log = await openLog(folder, {}, world);
    await log.append([shortEntry('five')]);
    await log.backup(join(place, 'copy'));
    await restoreLog(world, join(place, 'copy'), join(place, 'again'));
    const [last] = (await filesIn(join(place, 'again'), '.ndjson.enc')).slice(-1);
    expect(await verifyFolder(join(place, 'again'), KEYS)).toEqual([]);
    await truncate(last?.path ?? '', borders(last?.content ?? Buffer.alloc(0))[0]);
    expect(await verifyFolder(join(place, 'again'), KEYS)).toMatchObject([{ kind: 'cut_off' }]);
    await truncate(join(place, 'copy', basename(last?.path ?? '')), 128);
    await expect(restoreLog(world, join(place, 'copy'), join(place, 'third'))).rejects.toThrow('had');
  });
});

describe('an encrypted log that is older than heads', () => {
  it('is opened and goes on, and is bound as a whole by a rekey', async () => {
    const plain = await emptyFolder();
    await writeLog(plain, [['one'], ['two']], { segmentBytesMax: 1 });
    const folder = await sealedLog();
    for (const { path } of await filesIn(folder, '')) if (!path.endsWith('claims.key')) await rm(path);
    for (const [i, { path, content }] of (await filesIn(plain, '.ndjson')).entries()) {
      const sealed = sealWhole(KEYS, { kind: 'segment', number: i + 1 }, content);
      await writeFile(join(folder, `${basename(path)}.enc`), sealed);
    }
    const former = await filesIn(folder, '.ndjson.enc');
    const log = await openLog(folder, {}, world);
    expect([log.losses, log.torn]).toEqual([[], undefined]);
    await log.append([shortEntry('three')]);
    await log.close();
    expect(await verifyFolder(folder, KEYS)).toEqual([]);
    expect(await rekeyLog(world, folder, 'test')).toMatchObject({ rekeyed: 2, current: 1, left: [], lost: [] });
    expect(await verifyFolder(folder, KEYS)).toEqual([]);
    expect(await dataOf(folder)).toEqual(['one', 'two', 'three']);
    await writeFile(former[0]?.path ?? '', former[0]?.content ?? '');
    expect(await dataOf(folder)).toEqual(['two', 'three']);
    expect(await verifyFolder(folder, KEYS)).toContainEqual(
      expect.objectContaining({ message: expect.stringContaining('not bound to a log') as unknown }),
    );
  });
});
