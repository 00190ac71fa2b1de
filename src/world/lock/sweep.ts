import { join } from 'node:path';
import type { LockWorld } from './lock-world.js';
import { isSocketName, isTemporary, lockNumber } from './names.js';

/** Removes what dead takers left. What belongs to a living one stays: it may still need it. */
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
    // Who still needs a temporary file makes it again.
    if (old < number || isDead || isTemporary(name)) await files.remove(join(folder, name));
  }
}

/** For this kernel. A taker on another machine, which has just made it, sees that it is gone before it believes to have the lock. */
async function isDeadSocket({ files, kernel }: LockWorld, folder: string, name: string): Promise<boolean> {
  const inode = await files.inode(join(folder, name));
  return inode !== undefined && (await kernel.isListening(folder, { name, inode })) === 'no';
}
