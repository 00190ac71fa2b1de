import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename, rm, stat, utimes } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { packedPath } from './part-names.js';

/** The default level takes three times as long for a tenth fewer bytes. */
const GZIP_LEVEL = 3;

/** What a part is called while it is being packed: hidden, because an output's folder holds data files only. */
const UNFINISHED = /^\..+\.gz\.unfinished$/;

export function unfinishedPath(path: string): string {
  return join(dirname(path), `.${basename(path)}.gz.unfinished`);
}

export function isUnfinished(file: string): boolean {
  return UNFINISHED.test(file);
}

/**
 * Replaces a finished part by its compressed form, which keeps its time of change. A crash leaves the one or the other whole,
 * or both.
 *
 * @param signal stops the work; the part stays as it is
 * @throws the operating system's errors
 */
export async function packPart(path: string, signal: AbortSignal): Promise<void> {
  const unfinished = unfinishedPath(path);
  // Loaded only here: a run that packs nothing starts without them.
  const [{ createGzip }, { pipeline }] = await Promise.all([import('node:zlib'), import('node:stream/promises')]);
  try {
    const { atime, mtime } = await stat(path);
    await pipeline(createReadStream(path), createGzip({ level: GZIP_LEVEL }), createWriteStream(unfinished), {
      signal,
    });
    await utimes(unfinished, atime, mtime);
    await syncPath(unfinished);
    await rename(unfinished, packedPath(path));
    await syncPath(dirname(path));
    await rm(path);
  } finally {
    await rm(unfinished, { force: true });
  }
}

/** Puts a file's content, or a folder's names, onto the medium. */
export async function syncPath(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
