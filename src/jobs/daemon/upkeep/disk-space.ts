import { statfs } from 'node:fs/promises';
import type { DiskSpace } from '../../../server/index.js';

/** The space on a folder's disk; undefined if the system does not report it. */
export async function diskSpace(folder: string): Promise<DiskSpace | undefined> {
  try {
    const { bsize, blocks, bavail } = await statfs(folder);
    return { bytes: bsize * blocks, freeBytes: bsize * bavail };
  } catch {
    return undefined;
  }
}
