import { copyFile, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { KeyRing } from '../../../src/crypt/index.js';
import { FRAME_MAGIC } from '../../../src/crypt/index.js';
import { nodeWorld } from '../../../src/log/index.js';
import { KEYS, newKeys } from '../support/keys.js';
import { emptyFolder, entry, filesIn, openLog, readFolder } from '../support/log-folder.js';

const TEXT = 'x'.repeat(200);

/** Segments of some batches each. @param pack whether all but the last are packed */
async function written(keys?: KeyRing, pack = false): Promise<{ folder: string; files: string[] }> {
  const folder = await emptyFolder();
  const log = await openLog(folder, { segmentBytesMax: 1300, pack }, nodeWorld(keys));
  for (let n = 0; n < 16; n++) await log.append([entry(`${n} ${TEXT}`)]);
  await log.packed();
  await log.close();
  const files = (await filesIn(folder, keys === undefined ? '.ndjson' : '.enc')).map(({ path }) => path);
  expect(files.length).toBeGreaterThan(3);
  return { folder, files };
}

/** What the look at the start finds, and what a reader meets. */
async function found(folder: string, isEncrypted = true): Promise<{ inspected: string[]; read: string[] }> {
  const inspected: string[] = [];
  const keys = isEncrypted ? newKeys() : undefined;
  const log = await openLog(folder, {}, nodeWorld(keys));
  await log.inspect(({ message }) => inspected.push(message), new AbortController().signal);
  await log.close();
  const read = (await readFolder(folder, {}, keys)).damage.map(({ message }) => message);
  return { inspected, read };
}

/** Where the frames of a file start, its end frame last. */
function framesOf(content: Buffer): number[] {
  const places: number[] = [];
  for (let at = content.indexOf(FRAME_MAGIC); at !== -1; at = content.indexOf(FRAME_MAGIC, at + 1)) places.push(at);
  return places;
}

const without = (content: Buffer, from: number, to: number): Buffer =>
  Buffer.concat([content.subarray(0, from), content.subarray(to)]);

describe('a log whose older segments are inspected when it is opened', () => {
  it('is well if nothing is wrong', async () => {
    for (const keys of [undefined, KEYS]) {
      const { folder } = await written(keys);
      expect(await found(folder, keys !== undefined)).toEqual({ inspected: [], read: [] });
    }
  });

  it('tells an encrypted segment that lacks a frame or its end, with file and byte, as readers do', async () => {
    const { folder, files } = await written(KEYS);
    const [, second = ''] = files;
    const whole = await readFile(second);
    const frames = framesOf(whole);
    const [first = 0, middle = 0, last = 0] = frames;
    const end = frames.at(-1) ?? 0;
    const changes: readonly (readonly [Buffer, string])[] = [
      [without(whole, first, middle), `byte ${first} of the file`],
      [without(whole, middle, last), `byte ${middle} of the file`],
      [whole.subarray(0, end), 'has no end here'],
      [whole.subarray(0, middle), 'the segment ends here but had'],
      [whole.subarray(0, 128), 'the segment ends here but had'],
    ];
    for (const [content, words] of changes) {
      await writeFile(second, content);
      const { inspected, read } = await found(folder);
      expect(inspected.join('\n')).toContain(second);
      expect(inspected.join('\n')).toContain(words);
      expect(inspected).toEqual(read);
    }
    // What loses nothing, and no reader meets: a frame that is there twice, and one copy of the header that is damaged.
    for (const [content, words] of [
      [Buffer.concat([whole.subarray(0, middle), whole.subarray(first)]), `(byte ${middle} of the file)`],
      [Buffer.concat([Buffer.alloc(64), whole.subarray(64)]), 'the header of the encrypted file is damaged (byte 0'],
    ] as const) {
      await writeFile(second, content);
      const { inspected, read } = await found(folder);
      expect([inspected, read]).toEqual([[expect.stringContaining(words)], []]);
    }
    await writeFile(second, whole);
    expect(await found(folder)).toEqual({ inspected: [], read: [] });
  });

  it('tells a packed encrypted segment that lacks a frame', async () => {
    const { folder, files } = await written(KEYS, true);
    const [, second = ''] = files.filter((file) => file.endsWith('.gz.enc'));
    const whole = await readFile(second);
    const [first = 0, next = 0] = framesOf(whole);
    await writeFile(second, without(whole, first, next));
    const { inspected, read } = await found(folder);
    expect(inspected.join('\n')).toContain(second);
    expect(inspected.length).toBeGreaterThan(0);
    expect(read.filter((message) => !inspected.includes(message))).toEqual([]);
  });

  it('tells segments that are gone, of another log, or in the clear', async () => {
    const { folder, files } = await written(KEYS);
    const other = await written(KEYS);
    const [, second = '', third = ''] = files;
    await copyFile(other.files[1] ?? '', second);
    const { inspected: strange } = await found(folder);
    expect(strange).toEqual([expect.stringContaining('the file is of another log')]);
    await rm(second);
    await writeFile(second.replace('.enc', ''), 'a line\n');
    const { inspected: clear, read } = await found(folder);
    expect(clear).toEqual(read);
    expect(clear[0]).toContain('the file is not encrypted');
    await rm(second.replace('.enc', ''));
    await rm(third);
    const { inspected: gone } = await found(folder);
    expect(gone).toEqual([expect.stringContaining('segments 2 to 3 are missing')]);
  });

  it('tells a segment without encryption that is shorter than it was', async () => {
    const { folder, files } = await written();
    const [, second = ''] = files;
    const { length } = await readFile(second);
    await truncate(second, (await readFile(second)).indexOf('\n') + 1);
    const { inspected, read } = await found(folder, false);
    expect(inspected).toEqual([expect.stringContaining(`but had ${length} bytes`)]);
    expect(inspected).toEqual(read);
  });
});
