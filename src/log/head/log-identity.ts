import type { KeyRing } from '../../crypt/index.js';
import type { Disk } from '../disk/disk.js';
import { readHead, type HeadValue } from './head-file.js';

/** Which log a segment of a folder must be of. */
export type LogIdentity = Pick<HeadValue, 'log' | 'boundFrom'>;

/** Of folders that were looked at: a following reader opens segments again and again. */
const knownOf = new WeakMap<KeyRing, Map<string, LogIdentity>>();

/**
 * Which log a folder is, by its head; undefined if nobody can tell: it is not encrypted, or it has no head, or its key is missing.
 *
 * @param fresh whether nothing that is known of the folder counts
 */
export async function logIdentity(disk: Disk, folder: string, fresh: boolean): Promise<LogIdentity | undefined> {
  const { keys } = disk;
  if (keys === undefined) return undefined;
  const known = fresh ? undefined : knownOf.get(keys)?.get(folder);
  if (known !== undefined) return known;
  const identity = (await readHead(disk, folder))?.value;
  if (identity !== undefined) rememberIdentity(keys, folder, identity);
  return identity;
}

export function rememberIdentity(keys: KeyRing, folder: string, { log, boundFrom }: LogIdentity): void {
  const folders = knownOf.get(keys) ?? new Map<string, LogIdentity>();
  knownOf.set(keys, folders);
  folders.set(folder, { log, boundFrom });
}

/** The id of the log that a segment must be of; undefined: any. */
export function logOfSegment(identity: LogIdentity | undefined, number: number): string | undefined {
  return identity !== undefined && number >= identity.boundFrom ? identity.log : undefined;
}
