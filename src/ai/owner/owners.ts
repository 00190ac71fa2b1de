import { randomUUID } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { realClock, systemProcesses, type Processes, type ProcessState } from '../../world/index.js';
import type { Lock, LockHolder } from '../../world/lock/index.js';
import { ownerOf, parseOwner, type Owner } from './owner.js';
import { StateInUseError } from './state-in-use-error.js';

/** The processes that share a store, and whether they are alive. */
export interface StoreOwners {
  /** This process. */
  readonly self: Owner;
  /** `unknown`: it can't be determined from here whether the process runs. */
  stateOf(owner: Owner): Promise<ProcessState>;
  /** Declares that this process has nothing open any more. */
  release(): Promise<void>;
}

/** Owners known only from the process table, for a store that is not in a folder. */
export function listedOwners(processes: Processes = systemProcesses()): StoreOwners {
  return {
    self: ownerOf(processes.self),
    stateOf(owner) {
      const parsed = parseOwner(owner);
      return Promise.resolve(parsed === undefined ? 'unknown' : processes.stateOf(parsed.process));
    },
    release: () => Promise.resolve(),
  };
}

/** In a store's folder: contains a folder for each process that has the store open, with a lock as its sign of life. */
const SIGNS = 'owners';
const SIGN = /^[0-9a-f]{32}$/;

/** Others hold the entry lock only for a moment. */
const WAIT_MS = 20;
const WAIT_MS_MAX = 10_000;

/**
 * Joins the processes that share a folder. Each holds a lock as a sign of life, so that the others notice its death wherever it
 * ran: a process that was killed with its container counts as dead at once.
 *
 * @throws StateInUseError when the folder can't be shared with one of them; the operating system's errors
 */
export async function ownersIn(folder: string): Promise<StoreOwners> {
  const { lockHolder } = await import('../../world/lock/index.js');
  const place = join(folder, SIGNS);
  const sign = randomUUID().replaceAll('-', '');
  const own = join(place, sign);
  // One at a time: of two processes that can't share the folder, the second must see the first.
  const wayIn = await takeWhenFree(place, folder);
  let lock: Lock;
  try {
    for (const name of await readdir(place)) {
      if (!SIGN.test(name)) continue;
      const holder = await lockHolder(join(place, name));
      if (holder === undefined) await rm(join(place, name), { recursive: true, force: true });
      else refuseClash(folder, holder);
    }
    lock = await takeWhenFree(own, folder);
  } finally {
    await wayIn.release();
  }
  const listed = listedOwners();
  return {
    self: ownerOf(systemProcesses().self, sign),
    async stateOf(owner) {
      const theirs = parseOwner(owner)?.sign;
      if (theirs === undefined || !SIGN.test(theirs)) return listed.stateOf(owner);
      const holder = await lockHolder(join(place, theirs));
      if (holder !== undefined) return holder.state;
      // The sign disappeared when the process ended, or was cleaned up later. Only a person can remove that of a living process.
      return (await listed.stateOf(owner)) === 'alive' ? 'alive' : 'dead';
    },
    async release() {
      const isOwn = lock.isHeld();
      await lock.release();
      if (isOwn) await rm(own, { recursive: true, force: true });
    },
  };
}

/**
 * LMDB identifies its readers by pid, on one machine. Two processes with the same pid, in two containers, would
 * free each other's pages.
 */
function refuseClash(folder: string, holder: LockHolder): void {
  if (holder.isSelf) return;
  const isElsewhere = holder.where === 'other host' && holder.state === 'unknown';
  if (isElsewhere || holder.process.pid === process.pid) throw new StateInUseError(folder, holder);
}

async function takeWhenFree(place: string, folder: string): Promise<Lock> {
  const { LockedError, takeLock } = await import('../../world/lock/index.js');
  const start = realClock.elapsed();
  for (;;) {
    try {
      return await takeLock(place, { what: `the state folder ${folder}` });
    } catch (error) {
      if (!(error instanceof LockedError)) throw error;
      if (error.holder.state === 'unknown' || realClock.elapsed() - start > WAIT_MS_MAX) {
        throw new StateInUseError(folder, error.holder);
      }
      await realClock.wait(WAIT_MS);
    }
  }
}
