import { join } from 'node:path';
import type { ProcessIdentity } from '../process/index.js';
import { classifyOwner } from './classify-owner.js';
import { realLockWorld, type LockWorld } from './lock-world.js';
import type { LockHolder } from './locked-error.js';
import { lockFile, lockNumber } from './names.js';
import { parseOwner } from './owner-record.js';

/** Returns the process that holds a folder's lock, or undefined if none does. */
export async function lockHolder(folder: string, world = realLockWorld()): Promise<LockHolder | undefined> {
  return (await lookAtLock(world, folder)).holder;
}

/** Returns a lock's highest number and its holder. */
export async function lookAtLock(
  world: LockWorld,
  folder: string,
  oneKernel = false,
): Promise<{ number: number; holder?: LockHolder }> {
  const { files, processes } = world;
  for (;;) {
    const number = Math.max(0, ...(await numbersIn(world, folder)));
    if (number === 0) return { number };
    const path = join(folder, lockFile(number));
    const found = await files.read(path);
    // The file was superseded and cleaned up after the folder was listed. Look again.
    if (found === undefined) continue;
    const owner = parseOwner(found.text);
    if (owner === undefined) return { number };
    const state = await classifyOwner(world, { folder, inode: found.inode, oneKernel }, owner);
    if (state === 'dead') return { number };
    // The lock was released while its owner was looked up.
    if ((await files.read(path))?.inode !== found.inode) continue;
    return {
      number,
      holder: {
        process: owner.process,
        command: owner.command,
        since: owner.since,
        seenAt: await files.touchedAt(path),
        state,
        where: placeOf(owner.process, processes.self),
        isSelf: world.held.has(`${path} ${found.inode}`),
        file: path,
      },
    };
  }
}

/** Returns the numbers of all lock files in a folder. */
export async function numbersIn({ files }: LockWorld, folder: string): Promise<number[]> {
  return (await files.list(folder)).flatMap((name) => lockNumber(name) ?? []);
}

function placeOf(owner: ProcessIdentity, self: ProcessIdentity): LockHolder['where'] {
  if (owner.host !== self.host) return 'other host';
  const { namespace } = owner;
  return namespace === undefined || self.namespace === undefined || namespace === self.namespace
    ? 'here'
    : 'other namespace';
}
