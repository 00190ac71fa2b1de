import { statfs } from 'node:fs/promises';
import type { DiskSpace } from '../../../server/index.js';

/** The disk that a folder is on; undefined where the system does not tell. */
export async function diskSpace(folder: string): Promise<DiskSpace | undefined> {
  try {
    const { bsize, blocks, bavail } = await statfs(folder);
    return { bytes: bsize * blocks, freeBytes: bsize * bavail };
  } catch {
    return undefined;
  }
}
