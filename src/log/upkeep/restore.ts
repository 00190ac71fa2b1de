import { join } from 'node:path';
import { errorCode, type Disk } from '../disk/disk.js';
import { LogError } from '../log-error.js';
import type { World } from '../world.js';
import { readManifest } from './manifest.js';
import { verifyLog, type VerifySummary } from './verify.js';

/**
 * Makes a log from a backup. Everything is checked before the folder gets its name, so that there is either a whole log or
 * none.
 *
 * @throws LogError `refused` when there is something in the folder, `damaged` when the backup is not what it was
 */
export async function restoreLog(world: World, backup: string, folder: string): Promise<VerifySummary> {
  const { disk } = world;
  const files = await readManifest(world, backup);
  if (!(await isFree(disk, folder))) {
    throw new LogError(
      'refused',
      `${folder}: there is something in it, and a restore overwrites nothing. Name a new folder.`,
    );
  }
  await disk.makeFolder(folder);
  const placed: string[] = [];
  try {
    for (const { file, bytes } of files) {
      const path = join(folder, file);
      await copyDurably(disk, join(backup, file), path, bytes, placed);
    }
    const findings: string[] = [];
    const summary = await verifyLog(world, folder, ({ message }) => {
      if (findings.length === 0) findings.push(message);
    });
    if (summary.findings > 0) {
      throw new LogError(
        'damaged',
        `${backup}: the backup is damaged in ${summary.findings} places; the first: ${findings.join()}`,
      );
    }
    await disk.syncFolder(folder);
    return summary;
  } catch (error) {
    for (const path of placed) await disk.remove(path).catch(() => undefined);
    throw error;
  }
}

async function isFree(disk: Disk, folder: string): Promise<boolean> {
  try {
    return (await disk.list(folder)).length === 0;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return true;
    throw error;
  }
}

async function copyDurably(disk: Disk, from: string, to: string, bytes: number, placed: string[]): Promise<void> {
  const size = await disk.size(from);
  if (size !== bytes) {
    const found = size === undefined ? 'is missing' : `has ${size} bytes`;
    throw new LogError('damaged', `${from}: ${found}, and had ${bytes} when the backup was made`);
  }
  await disk.copy(from, to);
  placed.push(to);
  const copy = await disk.open(to, 'update');
  try {
    await copy.datasync();
  } finally {
    await copy.close();
  }
}
