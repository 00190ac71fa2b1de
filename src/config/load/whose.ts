import { lstat, readlink } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Env } from '../env/index.js';

/** Ids of the users who may have written a config that was found. Undefined if the system has no user ids (Windows). */
export type Owners = ReadonlySet<number> | undefined;

const ROOT = 0;
/** A longer chain of links counts as a circle. */
const LINKS_MAX = 40;
const OTHERS_WRITE = 0o002;
const STICKY = 0o1000;

/** The user and root; for root through sudo also the calling user, as in git. */
export function trustedOwners(env: Env): Owners {
  const user = process.geteuid?.();
  if (user === undefined) return undefined;
  const { SUDO_UID: caller = '' } = env;
  return new Set([user, ROOT, ...(user === ROOT && /^[0-9]{1,10}$/.test(caller) ? [Number(caller)] : [])]);
}

/**
 * Why a config that was found is not trusted: its file, its folder, or a link on the way belongs to somebody else, or everybody
 * may write to it. A group may write: the owner chose its members, and many systems give each file to its user's own group.
 *
 * @param folder the folder that was searched
 * @returns undefined if the config is trusted
 * @throws the file system's errors
 */
export async function distrust(file: string, folder: string, owners: Owners): Promise<string | undefined> {
  if (owners === undefined) return undefined;
  for (const path of new Set([folder, dirname(file), file])) {
    const reason = await distrustWay(path, owners);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

/** Checks a path and the links it goes through: the owner of a link decides where it leads. */
async function distrustWay(path: string, owners: ReadonlySet<number>): Promise<string | undefined> {
  let at = path;
  for (let links = 0; links < LINKS_MAX; links++) {
    const stats = await lstat(at);
    if (!owners.has(stats.uid)) return `${at} belongs to user ${stats.uid}`;
    if (!stats.isSymbolicLink()) {
      const isShared = (stats.mode & OTHERS_WRITE) !== 0 && !(stats.isDirectory() && (stats.mode & STICKY) !== 0);
      return isShared ? `everybody may write to ${at}` : undefined;
    }
    at = resolve(dirname(at), await readlink(at));
    const reason = await distrustWay(dirname(at), owners);
    if (reason !== undefined) return reason;
  }
  return `${path} leads in a circle`;
}
