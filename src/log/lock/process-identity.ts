import { readFileSync } from 'node:fs';
import { errorCode } from '../disk/disk.js';

/** Which process, on which run of which machine. A pid alone is used again sooner or later. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When the process started, in ticks since boot; absent where the system does not tell (no /proc). */
  readonly started?: string;
  /** Which boot of the machine; absent where the system does not tell. */
  readonly boot?: string;
}

/** Who knows which processes run. */
export interface ProcessTable {
  isAlive(process: ProcessIdentity): boolean;
}

const STATE_FIELD = 3;
const START_TIME_FIELD = 22;

/** Fields of a process from the third on, see proc_pid_stat(5): the second is the name in brackets and may hold anything. */
function fieldsOf(pid: number): string[] | undefined {
  const stat = readIfThere(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function startOf(pid: number): string | undefined {
  return fieldsOf(pid)?.at(START_TIME_FIELD - STATE_FIELD);
}

/** Ended, and not yet waited for by its parent: it holds nothing any more. */
function isZombie(pid: number): boolean {
  return ['Z', 'X'].includes(fieldsOf(pid)?.[0] ?? '');
}

function bootId(): string | undefined {
  return readIfThere('/proc/sys/kernel/random/boot_id')?.trim();
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** The identity of the process that asks. */
export function thisProcess(): ProcessIdentity {
  return identityOf(process.pid);
}

/** The identity of a running process. */
export function identityOf(pid: number): ProcessIdentity {
  const started = startOf(pid);
  const boot = bootId();
  return { pid, ...(started === undefined ? {} : { started }), ...(boot === undefined ? {} : { boot }) };
}

/** The processes of this machine. When in doubt a process counts as alive. */
export const nodeProcessTable: ProcessTable = {
  isAlive(owner) {
    const now = identityOf(owner.pid);
    if (owner.boot !== undefined && now.boot !== undefined && owner.boot !== now.boot) return false;
    if (isZombie(owner.pid)) return false;
    if (owner.started !== undefined && now.started !== undefined) return owner.started === now.started;
    try {
      process.kill(owner.pid, 0);
      return true;
    } catch (error) {
      return errorCode(error) === 'EPERM';
    }
  },
};
