/*
 * One writer per folder, without a lock that the system would have to take back.
 *
 * The lock is a chain of small files, `lock.1`, `lock.2`, …: the highest number counts, and it is never removed, only
 * succeeded. It names its owner, or says that it was given back. Whoever finds the highest one ownerless (given back, or its
 * owner dead) makes the next number with link(2), which puts the whole content there in one step and fails when somebody
 * was faster. A taker that looked long ago may make a number that was used and cleaned up since; it then finds a higher
 * one and stands back. So whoever holds the highest number is alone: nobody goes past a living owner.
 */
import { join } from 'node:path';
import { errorCode, type Disk } from '../disk/disk.js';
import { createWhole, readFile, removeIfThere } from '../disk/whole.js';
import { LogError } from '../log-error.js';
import type { World } from '../world.js';
import type { ProcessIdentity } from './process-identity.js';

const LOCK_FILE = /^lock\.([0-9]{1,15})$/;
const TEMPORARY_FILE = /^lock\.[0-9]+\.by-([0-9]+)-[0-9]+$/;

/** Two takers can undo each other's attempt only as often as somebody else gets the lock in between. */
const ATTEMPTS_MAX = 100;

/** Tells this process's own temporary files apart. */
let temporaryFiles = 0;

export interface FolderLock {
  release(): Promise<void>;
}

type Holder =
  { readonly kind: 'nobody'; readonly number: number } | { readonly kind: 'owner'; readonly owner: ProcessIdentity };

/**
 * Takes the folder for this process, at once when nobody has it or its owner is dead.
 *
 * @throws LogError `locked`, naming the owner, when a living process has it
 */
export async function takeFolderLock(world: World, folder: string): Promise<FolderLock> {
  const { disk, self } = world;
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const holder = await holderOf(world, folder);
    if (holder.kind === 'owner') throw lockedBy(folder, holder.owner);
    const number = holder.number + 1;
    if (!(await make(disk, folder, number, self))) continue;
    const numbers = await lockNumbers(disk, folder);
    if (numbers.some((other) => other > number)) {
      await removeIfThere(disk, lockPath(folder, number));
      continue;
    }
    await removeOlder(world, folder, number);
    return { release: () => giveBack(disk, folder, number, self) };
  }
  throw new LogError('locked', `${folder}: the lock changes hands too fast; try again`);
}

/** The process that writes to the folder now, or undefined when none does. */
export async function lockOwner(world: World, folder: string): Promise<ProcessIdentity | undefined> {
  const holder = await holderOf(world, folder);
  return holder.kind === 'owner' ? holder.owner : undefined;
}

async function holderOf({ disk, processes }: World, folder: string): Promise<Holder> {
  for (;;) {
    const number = Math.max(0, ...(await lockNumbers(disk, folder)));
    if (number === 0) return { kind: 'nobody', number };
    const content = await readFile(disk, lockPath(folder, number));
    // Succeeded and cleaned up since the folder was listed: look again.
    if (content === undefined) continue;
    const owner = parseOwner(content);
    return owner !== undefined && processes.isAlive(owner) ? { kind: 'owner', owner } : { kind: 'nobody', number };
  }
}

async function lockNumbers(disk: Disk, folder: string): Promise<number[]> {
  const names = await disk.list(folder);
  return names.flatMap((name) => LOCK_FILE.exec(name)?.slice(1, 2).map(Number) ?? []);
}

/** Makes a lock file with its content in one step; false when the number is taken. */
async function make(disk: Disk, folder: string, number: number, owner: ProcessIdentity): Promise<boolean> {
  const temporary = await writeTemporary(disk, lockPath(folder, number), owner, owner);
  try {
    await disk.link(temporary, lockPath(folder, number));
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await removeIfThere(disk, temporary);
  }
}

async function giveBack(disk: Disk, folder: string, number: number, self: ProcessIdentity): Promise<void> {
  const path = lockPath(folder, number);
  await disk.rename(await writeTemporary(disk, path, self, { released: true }), path);
}

async function writeTemporary(disk: Disk, path: string, { pid }: ProcessIdentity, content: object): Promise<string> {
  temporaryFiles += 1;
  const temporary = `${path}.by-${pid}-${temporaryFiles}`;
  // An earlier process with this pid may have left one.
  await removeIfThere(disk, temporary);
  await createWhole(disk, temporary, Buffer.from(`${JSON.stringify(content)}\n`));
  return temporary;
}

async function removeOlder({ disk, processes }: World, folder: string, number: number): Promise<void> {
  for (const name of await disk.list(folder)) {
    const old = Number(LOCK_FILE.exec(name)?.[1] ?? Infinity);
    const pid = Number(TEMPORARY_FILE.exec(name)?.[1] ?? 0);
    if (old < number || (pid > 0 && !processes.isAlive({ pid }))) await removeIfThere(disk, join(folder, name));
  }
}

function lockPath(folder: string, number: number): string {
  return join(folder, `lock.${number}`);
}

/** The owner that a lock file names; undefined when it was given back, or is no lock at all. */
function parseOwner(content: Buffer): ProcessIdentity | undefined {
  let value: unknown;
  try {
    value = JSON.parse(content.toString('utf8'));
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || !('pid' in value) || typeof value.pid !== 'number')
    return undefined;
  const started = 'started' in value && typeof value.started === 'string' ? { started: value.started } : {};
  const boot = 'boot' in value && typeof value.boot === 'string' ? { boot: value.boot } : {};
  return { pid: value.pid, ...started, ...boot };
}

function lockedBy(folder: string, { pid }: ProcessIdentity): LogError {
  return new LogError(
    'locked',
    `${folder}: process ${pid} writes to this log, and a log has one writer. Stop it, or use another folder.`,
  );
}
