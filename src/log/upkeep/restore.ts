import { join } from 'node:path';
import { errorCode, type Disk } from '../disk/disk.js';
import { missingKey } from '../../crypt/index.js';
import { openKeyIndex } from '../keys/open-key-index.js';
import { isLockFile } from '../../world/index.js';
import { LogError } from '../log-error.js';
import { takeLogLock } from '../log-lock.js';
import type { LogWorld } from '../log-world.js';
import { takeKeys } from './backup-keys.js';
import { KEYS, readManifest, type BackupFile } from './manifest.js';
import { verifyLog, type VerifySummary } from './verify.js';

/**
 * Restores a log from a backup. Checks everything before the folder gets its name, so that the result is a whole log or none.
 *
 * @throws LogError `refused` when the folder is not empty, `damaged` when the backup has changed
 */
export async function restoreLog(
  world: LogWorld,
  backup: string,
  folder: string,
  command?: string,
): Promise<VerifySummary> {
  const { disk } = world;
  const files = await readManifest(world, backup);
  // Checked before a lock leaves its files there, and again when nobody else can put anything there.
  await requireFree(disk, folder);
  for (const { file, bytes } of files) await requireSize(disk, join(backup, file), bytes);
  await requireWhole(world, backup, `${backup}: the backup`);
  const lock = await takeLogLock(folder, command);
  try {
    await requireFree(disk, folder);
    return await restoreFiles(world, files, backup, folder);
  } finally {
    await lock.release();
  }
}

async function restoreFiles(
  world: LogWorld,
  files: readonly BackupFile[],
  backup: string,
  folder: string,
): Promise<VerifySummary> {
  const { disk } = world;
  const placed: string[] = [];
  try {
    for (const { file } of files)
      if (file !== KEYS) await copyDurably(disk, join(backup, file), join(folder, file), placed);
    const summary = await requireWhole(world, folder, `${backup}: the copy of the backup`);
    await restoreKeys(disk, files.some(({ file }) => file === KEYS) ? backup : undefined, folder);
    await disk.syncFolder(folder);
    return summary;
  } catch (error) {
    for (const path of placed) await disk.remove(path).catch(() => undefined);
    throw error;
  }
}

/** @throws LogError `damaged` */
async function requireWhole(world: LogWorld, folder: string, what: string): Promise<VerifySummary> {
  let first: string | undefined;
  const summary = await verifyLog(world, folder, ({ message }) => (first ??= message));
  const unread = summary.keys.find(({ present }) => !present);
  if (unread !== undefined) throw missingKey(what, unread.id, world.disk.keys);
  if (first === undefined) return summary;
  const places = summary.findings === 1 ? 'in one place' : `in ${summary.findings} places, the first of them`;
  throw new LogError('damaged', `${what} is damaged ${places}: ${first}`);
}

/**
 * Rebuilds the index of keys. Keys of records that the backup just missed are removed when the log is opened.
 *
 * @param backup undefined: there were never any keys, and nobody will look for them
 */
async function restoreKeys(disk: Disk, backup: string | undefined, folder: string): Promise<void> {
  const keys = await openKeyIndex(disk, join(folder, 'keys'), folder);
  try {
    if (backup !== undefined) await takeKeys(disk, backup, keys);
  } finally {
    await keys.close();
  }
}

async function requireFree(disk: Disk, folder: string): Promise<void> {
  if (await isFree(disk, folder)) return;
  throw new LogError('refused', `${folder}: not empty, and a restore overwrites nothing. Choose a new folder.`);
}

async function isFree(disk: Disk, folder: string): Promise<boolean> {
  try {
    return (await disk.list(folder)).every((name) => isLockFile(name));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return true;
    throw error;
  }
}

async function requireSize(disk: Disk, from: string, bytes: number): Promise<void> {
  const size = await disk.size(from);
  if (size !== bytes) {
    const found = size === undefined ? 'is missing' : `has ${size} bytes`;
    throw new LogError('damaged', `${from}: ${found}, but had ${bytes} when the backup was made`);
  }
}

async function copyDurably(disk: Disk, from: string, to: string, placed: string[]): Promise<void> {
  await disk.copy(from, to);
  placed.push(to);
  const copy = await disk.open(to, 'update');
  try {
    await copy.datasync();
  } finally {
    await copy.close();
  }
}
