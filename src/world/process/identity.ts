import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** Identifies a process, also to other containers and machines. A field is absent if the system does not provide it. */
export interface ProcessIdentity {
  /** The name of the machine or container. Never empty. */
  readonly host: string;
  /** Identifies an installation of an operating system: machine-id(5). Containers often have none. */
  readonly machine?: string;
  /** Identifies a run of a kernel: two containers on one machine share it, and a restart changes it. */
  readonly boot?: string;
  /** The pid's namespace; constant if the system has no namespaces. */
  readonly namespace?: string;
  readonly pid: number;
  /** When the process started, in ticks since boot, because pids are reused. */
  readonly started?: string;
}

const BOOT_ID = '/proc/sys/kernel/random/boot_id';
const MACHINE_IDS = ['/etc/machine-id', '/var/lib/dbus/machine-id'];
const STATE_FIELD = 3;
const START_TIME_FIELD = 22;

let self: ProcessIdentity | undefined;

/** The identity of this process. */
export function thisProcess(): ProcessIdentity {
  return (self ??= identityOf(process.pid));
}

/** The identity of a process in the same PID namespace. */
export function identityOf(pid: number): ProcessIdentity {
  const machine = firstText(MACHINE_IDS);
  const boot = bootId();
  const namespace = process.platform === 'linux' ? attempt(() => readlinkSync('/proc/self/ns/pid')) : 'only';
  const started = statusOf(pid)?.started;
  return {
    host: hostname() || 'localhost',
    ...(machine !== undefined && { machine }),
    ...(boot !== undefined && { boot }),
    ...(namespace !== undefined && { namespace }),
    pid,
    ...(started !== undefined && { started }),
  };
}

/**
 * Fields 3 and 22 of /proc/PID/stat, see proc_pid_stat(5). Undefined if the process does not exist, or without a /proc of our
 * namespace.
 */
export function statusOf(pid: number): { readonly ended: boolean; readonly started: string | undefined } | undefined {
  if (!hasOwnProc()) return undefined;
  const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  if (stat === undefined) return undefined;
  // The second field is the name in parentheses, which may contain any character.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // Z and X: the process has ended, and its parent has not collected it yet. It holds nothing any more.
  return { ended: ['Z', 'X'].includes(fields[0] ?? ''), started: fields[START_TIME_FIELD - STATE_FIELD] };
}

/** A container may see the /proc of another PID namespace, in which the same numbers are other processes. */
function hasOwnProc(): boolean {
  return attempt(() => readlinkSync('/proc/self')) === String(process.pid);
}

function bootId(): string | undefined {
  if (process.platform === 'darwin') {
    // Not imported, because nothing else here needs it.
    const { execFileSync } = process.getBuiltinModule('node:child_process');
    return attempt(() => execFileSync('/usr/sbin/sysctl', ['-n', 'kern.bootsessionuuid'], { encoding: 'utf8' }).trim());
  }
  return firstText([BOOT_ID]);
}

function firstText(paths: readonly string[]): string | undefined {
  for (const path of paths) {
    const text = attempt(() => readFileSync(path, 'utf8').trim());
    if (text !== undefined && text !== '') return text;
  }
  return undefined;
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
