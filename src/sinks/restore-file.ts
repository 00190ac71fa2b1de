import { existsSync, linkSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { hasCode, Manifest, nodeFileSystem } from '../files/index.js';
import type { Lifeline } from './lifeline.js';
import { syncPath } from './pack-part.js';
import { fileOf, partNames } from './part-names.js';
import { OutputParts } from './parts.js';

/**
 * Gives an output's file its name back if the file was removed while nobody wrote to it, unless another file has the name.
 *
 * @returns how many bytes are written again; undefined: nothing was necessary
 * @throws the operating system's errors; the file is then still held
 */
export async function recoverFile(
  path: string,
  lifeline: Lifeline,
  { stateFolder, permissions, pattern }: { stateFolder: string; permissions?: number; pattern?: string },
): Promise<number | undefined> {
  const content = lifeline.content();
  const target = fileOf(path);
  if (content === undefined || !lifeline.isRemoved || (nodeFileSystem.stat(target)?.size ?? 0) > 0) return undefined;
  const parts = new OutputParts(partNames(path, pattern), Manifest.read(stateFolder, target));
  await restoreFile(target, content, () => parts.temporary(basename(target)), permissions);
  return nodeFileSystem.stat(target)?.size;
}

/**
 * Gives a removed file that is still open its name back, with its content in a new file: all of it, or nothing. An empty file
 * with that name is filled.
 *
 * @param temporary makes a name for the temporary file
 * @param mode permissions of a new file
 * @throws the operating system's errors
 */
export async function restoreFile(
  path: string,
  content: Iterable<Uint8Array>,
  temporary: () => Promise<string>,
  mode: number | undefined,
): Promise<void> {
  mkdirSync(dirname(path), { recursive: true });
  if (existsSync(path)) {
    await writeAll(path, content, 'a', mode);
    return;
  }
  const unfinished = await temporary();
  try {
    await writeAll(unfinished, content, 'wx', mode);
    nameFile(unfinished, path);
    await syncPath(dirname(path));
  } finally {
    rmSync(unfinished, { force: true });
  }
}

async function writeAll(
  path: string,
  content: Iterable<Uint8Array>,
  flags: 'a' | 'wx',
  mode: number | undefined,
): Promise<void> {
  const file = await open(path, flags, mode);
  try {
    for (const block of content) await file.writeFile(block);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A rename alone would replace a file that somebody creates at this moment. */
function nameFile(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    if (!hasCode(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK')) throw error;
    renameSync(from, to);
  }
}
