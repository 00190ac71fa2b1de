import { join } from 'node:path';
import type { LockWorld } from './lock-world.js';
import { isSocketName, isTemporary, lockNumber } from './names.js';

/** Removes the files of dead takers. Files of live takers stay, because they may still be needed. */
export async function sweep(
  world: LockWorld,
  folder: string,
  number: number,
  ownSocket: string | undefined,
): Promise<void> {
  const { files } = world;
  for (const name of await files.list(folder)) {
    const old = lockNumber(name) ?? Infinity;
    const isDead = name !== ownSocket && isSocketName(name) && (await isDeadSocket(world, folder, name));
    // A taker that still needs its temporary file creates it again.
    if (old < number || isDead || isTemporary(name)) await files.remove(join(folder, name));
  }
}

/**
 * Whether a socket is dead to this kernel. A taker on another machine that has just made the socket checks that it still exists
 * before assuming that it holds the lock.
 */
async function isDeadSocket({ files, kernel }: LockWorld, folder: string, name: string): Promise<boolean> {
  const inode = await files.inode(join(folder, name));
  return inode !== undefined && (await kernel.isListening(folder, { name, inode })) === 'no';
}
