/*
 * One owner per folder, on one machine or many.
 *
 * The lock is a chain of small files, `lock.1`, `lock.2`, …. The file with the highest number counts, and it is never removed,
 * only superseded. It names its owner or says that it was released. A taker that finds the highest file without an owner
 * (released, or its owner certainly dead) makes the next number with link(2), which creates the file with its whole content in
 * one step and fails if another taker was faster. A taker that looked long ago may make a number that has been used and cleaned
 * up since; it then finds a higher number and gives up. So only one process holds the highest number, and nobody bypasses a live
 * owner.
 *
 * The kernel tells whether an owner is alive: before an owner takes the lock, it listens on a socket beside the lock file.
 */
import { dirname, join } from 'node:path';
import type { HeldFile } from './lock-files.js';
import { realLockWorld, type LockWorld } from './lock-world.js';
import { LockedError } from './locked-error.js';
import { lookAtLock, numbersIn } from './look-at-lock.js';
import type { Listener } from './kernel.js';
import { lockFile, socketName, temporaryName } from './names.js';
import { printOwner, releasedText, type OwnerRecord } from './owner-record.js';
import { sweep } from './sweep.js';

/** Two takers can undo each other's attempt only as often as a third one gets the lock in between. */
const ATTEMPTS_MAX = 100;

/** How often an owner touches its lock file, as a sign of life for users on other machines. */
export const HEARTBEAT_MS = 10_000;

/** A lock that this process holds. */
export interface Lock {
  /** Whether the lock file still exists. Cheap. If false, somebody removed or replaced the file or its folder and may hold the lock now. */
  isHeld(): boolean;
  /** Releases the lock. Never fails: a lock that can't be released ends with the process. */
  release(): Promise<void>;
  /**
   * Releases the lock and removes the folder, which must otherwise be empty. Never fails.
   *
   * Numbers then start over. Use this only if no owner died, or one died long ago: a taker that has seen a dead owner's number
   * may be about to make the next one.
   */
  discard(): Promise<void>;
  /** The lock's number: 1 if no owner died before and none released the lock other than by {@link discard}. */
  readonly number: number;
}

export interface LockOptions {
  /** What is locked, as the subject of a sentence: `the log /srv/data`. */
  readonly what: string;
  /** What this process runs, shown to those who are refused the lock. */
  readonly command?: string;
  /**
   * No other kernel sees the folder, so an owner that does not answer on its socket is dead, wherever it seems to have run.
   * Default: false.
   */
  readonly oneKernel?: boolean;
}

/**
 * Takes a folder's lock immediately if nobody holds it or its owner is dead. Creates the folder if necessary. The folder may hold
 * other files whose names do not begin with `lock.`.
 *
 * @throws LockedError if the holder is or may be alive; the operating system's errors
 */
export async function takeLock(folder: string, options: LockOptions, world = realLockWorld()): Promise<Lock> {
  const { files, kernel } = world;
  await files.makeFolder(folder);
  // Checked first, so that a refused taker leaves no trace.
  await refuseIfHeld(world, folder, options);
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const name = socketName(world.randomName());
    const listener = await kernel.listen(folder, name);
    let taken: Lock | undefined;
    try {
      taken = await attemptToTake(world, folder, options, listener && { ...listener, name });
    } finally {
      if (taken === undefined) await listener?.close();
    }
    if (taken !== undefined) return taken;
  }
  throw new Error(`${options.what}: its lock changes hands too fast; try again`);
}

type OwnListener = Listener & { readonly name: string };

/** @returns undefined if another taker was faster or interfered: try again */
async function attemptToTake(
  world: LockWorld,
  folder: string,
  options: LockOptions,
  listener: OwnListener | undefined,
): Promise<Lock | undefined> {
  const { files, processes } = world;
  const { command } = options;
  const number = (await refuseIfHeld(world, folder, options)) + 1;
  const path = join(folder, lockFile(number));
  const owner: OwnerRecord = {
    process: processes.self,
    ...(command !== undefined && { command }),
    since: world.now(),
    isLocal: await files.isLocal(folder),
    ...(listener !== undefined && { socket: { name: listener.name, inode: listener.inode } }),
  };
  const isMade = await makeWhole(world, folder, path, (inode) => printOwner({ ...owner, inode }));
  if (!isMade) return undefined;
  const file = files.hold(path);
  if (file === undefined) return undefined;
  const isHighest = (await numbersIn(world, folder)).every((other) => other <= number);
  // Another taker's sweep may have mistaken our socket for that of a dead taker.
  if (!isHighest || !file.isThere() || listener?.isThere() === false) {
    if (file.isThere()) await removeOwn(world, path, isHighest);
    file.close();
    return undefined;
  }
  await sweep(world, folder, number, listener?.name);
  return heldLock(world, { path, number }, file, listener);
}

/** The file with the highest number is never removed, but rewritten to say that the lock was released. */
async function removeOwn(world: LockWorld, path: string, isHighest: boolean): Promise<void> {
  if (isHighest) await giveBack(world, path);
  else await world.files.remove(path);
}

function heldLock(
  world: LockWorld,
  { path, number }: { readonly path: string; readonly number: number },
  file: HeldFile,
  listener: OwnListener | undefined,
): Lock {
  let isReleased = false;
  const known = `${path} ${file.inode}`;
  world.held.add(known);
  const endBeats = world.every(HEARTBEAT_MS, () => {
    try {
      file.touch(world.now());
    } catch {
      // The disk is unavailable. The next heartbeat may reach it.
    }
  });
  const end = async (letGo: () => Promise<void>): Promise<void> => {
    if (isReleased) return;
    isReleased = true;
    world.held.delete(known);
    endBeats();
    // Otherwise the name belongs to another owner now.
    if (isThere(file)) await letGo().catch(() => undefined);
    file.close();
    await listener?.close();
  };
  return {
    number,
    isHeld: () => !isReleased && isThere(file),
    release: () => end(() => giveBack(world, path)),
    async discard() {
      await end(() => world.files.remove(path));
      // If another process takes the lock at this moment, the folder stays.
      await world.files.removeEmptyFolder(dirname(path)).catch(() => undefined);
    },
  };
}

function isThere(file: HeldFile): boolean {
  try {
    return file.isThere();
  } catch {
    return false;
  }
}

async function giveBack(world: LockWorld, path: string): Promise<void> {
  const temporary = temporaryIn(dirname(path), world);
  await world.files.create(temporary, releasedText);
  await world.files.rename(temporary, path);
}

function temporaryIn(folder: string, { randomName }: LockWorld): string {
  return join(folder, temporaryName(randomName()));
}

/** Creates a lock file with its content in one step; returns false if the number is taken or a sweep removed the temporary file. */
async function makeWhole(
  world: LockWorld,
  folder: string,
  path: string,
  textOf: (inode: string) => string,
): Promise<boolean> {
  const { files } = world;
  const temporary = temporaryIn(folder, world);
  await files.create(temporary, textOf);
  try {
    return await files.link(temporary, path);
  } finally {
    await files.remove(temporary);
  }
}

/** @returns the highest number */
async function refuseIfHeld(world: LockWorld, folder: string, { what, oneKernel }: LockOptions): Promise<number> {
  const { number, holder } = await lookAtLock(world, folder, oneKernel);
  if (holder !== undefined) throw new LockedError(what, holder);
  return number;
}
