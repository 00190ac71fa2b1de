import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode } from '../files/index.js';
import type { Lock } from '../world/lock/index.js';
import { runtimeFolder } from './runtime-folder.js';

/** How many locks a process inspects when it takes its first lock, to remove those of dead processes. */
const TIDIED_MAX = 8;
/** A living owner touches its lock every few seconds. A process that read a lock this long ago no longer takes it. */
const REST_MS = 600_000;
/** The process that releases the lock in a folder may remove the folder while another takes the lock. */
const ATTEMPTS_MAX = 100;

/**
 * How long to retry taking a file that another process seems to hold, in milliseconds. A file system reuses the inode of a
 * removed file at once, and the removed file's holder releases it a moment later: a new file is therefore retried for long, an
 * existing one briefly.
 */
const PATIENCE_MS = { new: 10_000, old: 500 } as const;
const AGAIN_MS = 20;

/** Who takes a lock, and who is notified if it can't be taken. */
export interface FileLockOptions {
  /** What this process runs, shown to those who are refused. */
  readonly command: string;
  /** Called if this machine supports no locks: the writer continues without one. */
  readonly onUnable?: (reason: string) => void;
}

interface Held {
  /** Undefined if no lock can be made. */
  readonly lock: Promise<Lock | undefined>;
  users: number;
}

/** The locks of this process: another use within it is not another writer. */
const held = new Map<string, Held>();
let isTidied = false;

/**
 * Locks a file for this process, on this machine: by its device and inode, whatever the path. The lock ends with the process,
 * however the process ends.
 *
 * @param key device and inode; for a name, those of its folder, and a fingerprint of the name
 * @param age whether this process has created the file
 * @throws LockedError when another process holds it
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

/** Releases a file locked by {@link lockFile} once nothing in this process uses it any more. */
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

/** Removes locks of dead processes, a few randomly chosen ones at a time, so that they never accumulate. */
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
      // It is gone, or its owner is alive but stopped.
    }
  }
}

function rests(folder: string): boolean {
  const before = Date.now() - REST_MS;
  const paths = [folder, ...readdirSync(folder).map((file) => join(folder, file))];
  return paths.every((path) => statSync(path).mtimeMs < before);
}
