import { dirname } from 'node:path';
import { errorCode, type Disk, type DiskFile } from './disk.js';

/** How many times in a row a call may be interrupted (EAGAIN, EINTR) or write nothing before that counts as an error. */
const ATTEMPTS_MAX = 100;

/** Writes all the bytes at `position`, in as many calls as needed. */
export async function writeWhole(file: DiskFile, bytes: Uint8Array, position: number): Promise<void> {
  let attempts = 0;
  for (let at = 0; at < bytes.length;) {
    const written = await writeSome(file, at === 0 ? bytes : bytes.subarray(at), position + at);
    at += written;
    attempts = written > 0 ? 0 : attempts + 1;
    if (attempts === ATTEMPTS_MAX) throw new Error(`the disk accepted no bytes in ${ATTEMPTS_MAX} attempts`);
    if (attempts > 0) await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Returns the number of bytes written; 0 if the call was interrupted and can be retried. */
async function writeSome(file: DiskFile, bytes: Uint8Array, position: number): Promise<number> {
  try {
    return await file.write(bytes, position);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'EAGAIN' || code === 'EINTR') return 0;
    throw error;
  }
}

/** Reads from `position` until `into` is full between `start` and `end`, or the file ends. Returns the number of bytes read. */
export async function readWhole(
  file: Pick<DiskFile, 'read'>,
  into: Buffer,
  start: number,
  end: number,
  position: number,
): Promise<number> {
  let at = start;
  while (at < end) {
    const count = await file.read(into, at, end, position + (at - start));
    if (count === 0) break;
    at += count;
  }
  return at - start;
}

/** Reads a small file whole; undefined if it does not exist. */
export async function readFile(disk: Disk, path: string): Promise<Buffer | undefined> {
  let file: DiskFile;
  try {
    file = await disk.open(path, 'read');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const bytes = Buffer.allocUnsafe(await file.size());
    return bytes.subarray(0, await readWhole(file, bytes, 0, bytes.length, 0));
  } finally {
    await file.close();
  }
}

/** Creates a file. Its content is durable when the promise resolves; its name may not be. */
export async function createWhole(disk: Disk, path: string, bytes: Uint8Array): Promise<void> {
  const file = await disk.open(path, 'create');
  try {
    await writeWhole(file, bytes, 0);
    await file.datasync();
  } finally {
    await file.close();
  }
}

/** Replaces the file at `path` in one step: readers see the old one or the new one, whole. */
export async function replaceFile(disk: Disk, path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.tmp`;
  await removeIfThere(disk, temporary);
  await createWhole(disk, temporary, bytes);
  await disk.rename(temporary, path);
  await disk.syncFolder(dirname(path));
}

/** Removes a file; a missing one is not an error. */
export async function removeIfThere(disk: Disk, path: string): Promise<void> {
  try {
    await disk.remove(path);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}
