import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode } from '../files/index.js';
import type { Lock } from '../world/lock/index.js';
import { runtimeFolder } from './runtime-folder.js';

/** So many locks are looked at by a process that takes its first, and removed where they are those of dead processes. */
const TIDIED_MAX = 8;
/** A living owner touches its lock every few seconds. Who looked at a lock so long ago will not take it any more. */
const REST_MS = 600_000;
/** A folder may be removed under the hands of whoever takes the lock in it, by the one who gives it back. */
const ATTEMPTS_MAX = 100;

/**
 * For so long is it tried again to have a file that another process seems to have, in milliseconds. A file system gives the inode of
 * a removed file to the next one at once, and whoever had that file gives it back a moment later: so a new file is waited for, and
 * one that was there before a little.
 */
const PATIENCE_MS = { new: 10_000, old: 500 } as const;
const AGAIN_MS = 20;

/** Who takes a lock, and who is told that none can be had. */
export interface FileLockOptions {
  /** What this process runs, for whoever is refused. */
  readonly command: string;
  /** Locks can't be made on this machine: whoever writes goes on without. */
  readonly onUnable?: (reason: string) => void;
}

interface Held {
  /** Undefined where none can be made. */
  readonly lock: Promise<Lock | undefined>;
  users: number;
}

/** What this process has: another use of it in here is no other writer. */
const held = new Map<string, Held>();
let isTidied = false;

/**
 * Has a file for this process, on this machine: by its device and inode, so by whatever path it is written to. A process that
 * ends, however it does, gives its files back.
 *
 * @param key device and inode; for a name, those of its folder, and a fingerprint of it
 * @param age whether this process has made the file
 * @throws LockedError when another process has it
 */
export async function lockFile(key: string, options: FileLockOptions, age: keyof typeof PATIENCE_MS): Promise<void> {
  const known = held.get(key);
  if (known !== undefined) {
    known.users += 1;
    await known.lock;
    return;
  }
  const entry: Held = { lock: lockIfPossible(key, options, PATIENCE_MS[age]), users: 1 };
  held.set(key, entry);
  try {
    await entry.lock;
  } catch (error) {
    held.delete(key);
    throw error;
  }
}

/** Gives a file back that was had by {@link lockFile}, when nobody in this process uses it any more. */
export async function unlockFile(key: string): Promise<void> {
  const known = held.get(key);
  if (known === undefined) return;
  known.users -= 1;
  if (known.users > 0) return;
  held.delete(key);
  const lock = await known.lock;
  await (lock?.number === 1 ? lock.discard() : lock?.release());
}

async function lockIfPossible(
  key: string,
  { command, onUnable }: FileLockOptions,
  patienceMs: number,
): Promise<Lock | undefined> {
  const { LockedError } = await import('../world/lock/index.js');
  try {
    const folder = join(runtimeFolder(), 'outputs');
    const lock = await takePatiently(join(folder, key.replaceAll(':', '-')), command, patienceMs);
    if (!isTidied) {
      isTidied = true;
      await tidy(folder).catch(() => undefined);
    }
    return lock;
  } catch (error) {
    if (error instanceof LockedError) throw error;
    onUnable?.(error instanceof Error ? error.message : String(error));
    return undefined;
  }
}

async function takePatiently(folder: string, command: string, patienceMs: number): Promise<Lock> {
  const { LockedError } = await import('../world/lock/index.js');
  for (let waited = 0; ; waited += AGAIN_MS) {
    try {
      return await take(folder, command);
    } catch (error) {
      if (!(error instanceof LockedError) || waited >= patienceMs) throw error;
      await sleep(AGAIN_MS);
    }
  }
}

async function take(folder: string, command: string): Promise<Lock> {
  const { takeLock } = await import('../world/lock/index.js');
  for (let attempt = 1; ; attempt++) {
    try {
      return await takeLock(folder, { what: 'it', command, oneKernel: true });
    } catch (error) {
      if (!hasCode(error, 'ENOENT') || attempt === ATTEMPTS_MAX) throw error;
    }
  }
}

/** Removes locks that dead processes left: a few at a time, of those that a chance picks, so that there are never many for long. */
async function tidy(folder: string): Promise<void> {
  const names = readdirSync(folder);
  const first = Math.floor(Math.random() * names.length);
  const picked = [...names.slice(first), ...names.slice(0, first)].slice(0, TIDIED_MAX);
  const { takeLock } = await import('../world/lock/index.js');
  for (const path of picked.map((name) => join(folder, name))) {
    try {
      if (!rests(path)) continue;
      const lock = await takeLock(path, { what: 'it', oneKernel: true });
      await lock.discard();
    } catch {
      // It is gone, or its owner lives, but stands still.
    }
  }
}

function rests(folder: string): boolean {
  const before = Date.now() - REST_MS;
  const paths = [folder, ...readdirSync(folder).map((file) => join(folder, file))];
  return paths.every((path) => statSync(path).mtimeMs < before);
}
