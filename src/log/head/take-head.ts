import { join } from 'node:path';
import { missingKey } from '../../crypt/index.js';
import type { Disk } from '../disk/disk.js';
import type { Damage } from '../read/damage.js';
import type { Recovery } from '../recover/recover.js';
import { HEAD, readHead, type HeadFound } from './head-file.js';
import { headLosses, identityBySegments } from './head-loss.js';
import { LogHead, newLogId } from './log-head.js';

/**
 * Takes the head of a log over, for its writer; of a log that has none, or whose head is lost, makes one. From then on, what is lost is
 * no longer told.
 *
 * @param recovery the log's folder, recovered
 * @returns the head, undefined if the log is not encrypted; and what the former one says is lost
 * @throws KeyError; the disk's errors
 */
export async function takeHead(
  disk: Disk,
  folder: string,
  { end, segments }: Pick<Recovery, 'end' | 'segments'>,
): Promise<{ readonly head: LogHead | undefined; readonly losses: readonly Damage[] }> {
  const { keys } = disk;
  const found = await headForReader(disk, folder);
  if (keys === undefined) return { head: undefined, losses: [] };
  const losses = await headLosses(disk, folder, segments, end, found);
  const made = { log: newLogId(), boundFrom: (segments.at(-1)?.number ?? 0) + 1 };
  const { log, boundFrom } = found?.value ?? (await identityBySegments(disk, folder, segments)) ?? made;
  return { head: await LogHead.open(disk, keys, folder, { log, boundFrom, end }), losses };
}

/**
 * The head of a log that another process may write to. Read before the segments, which then reach as far as it says, or further.
 *
 * @throws KeyError if its key is missing; the disk's errors
 */
export async function headForReader(disk: Disk, folder: string): Promise<HeadFound | undefined> {
  const head = await readHead(disk, folder);
  if (head?.missingKey !== undefined) throw missingKey(join(folder, HEAD), head.missingKey, disk.keys);
  return head;
}
