import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { open, rename, rm, stat, utimes } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { describeFile, GZIP_LEVEL, isStillOurs } from '../files/index.js';
import { packedPath } from './part-names.js';
import type { OutputParts, OutputPart } from './parts.js';

/**
 * Replaces a finished part by its compressed form, which keeps the modification time. A crash leaves one of them, or both,
 * intact. Leaves a part as it is if somebody has changed it, or if its packed name is taken.
 *
 * @param signal stops the work; the part is then not changed
 * @throws the operating system's errors
 */
export async function packPart(part: OutputPart, parts: OutputParts, signal: AbortSignal): Promise<void> {
  const { path, number } = part;
  const { manifest } = parts;
  const packed = packedPath(path);
  if (!isStillOurs(part, path)) {
    manifest.remove(part.name);
    return;
  }
  // Loaded here, so that runs without compression don't load them.
  const [{ createGzip }, { pipeline }] = await Promise.all([import('node:zlib'), import('node:stream/promises')]);
  const { atime, mtime, mode } = await stat(path);
  const unfinished = await parts.temporary(basename(packed));
  try {
    const target = createWriteStream(unfinished, { flags: 'wx', mode: mode & 0o777 });
    await pipeline(createReadStream(path), createGzip({ level: GZIP_LEVEL }), target, { signal });
    await utimes(unfinished, atime, mtime);
    await syncPath(unfinished);
    if (!isStillOurs(part, path) || existsSync(packed)) return;
    await manifest.add(describeFile(unfinished, { number, packed: true, name: basename(packed) }));
    await rename(unfinished, packed);
    await syncPath(dirname(path));
    parts.remove(part);
  } finally {
    await rm(unfinished, { force: true });
    manifest.remove(basename(unfinished));
  }
}

/** Makes a file's content, or a folder's names, durable. */
export async function syncPath(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
