import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * A process as others can recognise it, in one line: where it runs (machine, boot, process namespace), its number, and when it
 * started. A number alone would be mistaken for its next bearer.
 */
export type Owner = string;

/** How the process table is looked at; tests hand in their own. */
export interface ProcessTable {
  /** Identifies machine, boot and process namespace: only owners of the same place can be looked up. */
  readonly place: string;
  /** When a process started, in any unit; undefined: there is no such process. */
  startOf(pid: number): string | undefined;
}

/** @returns the owner that this process is */
export function ownerOf(pid: number, table: ProcessTable): Owner {
  return `${table.place} ${pid} ${table.startOf(pid) ?? '?'}`;
}

/** What is known of an owner: `unknown` if it ran somewhere that cannot be looked at from here. */
export function stateOf(owner: Owner, table: ProcessTable): 'alive' | 'dead' | 'unknown' {
  const [host, boot, namespace, pid, start] = owner.split(' ');
  const [myHost, myBoot, myNamespace] = table.place.split(' ');
  if (host !== myHost) return 'unknown';
  // The machine has been started anew since: nothing of then is alive.
  if (boot !== myBoot) return 'dead';
  if (namespace !== myNamespace) return 'unknown';
  return table.startOf(Number(pid)) === start ? 'alive' : 'dead';
}

/** The process table of this machine: of Linux in full, of other systems by process number alone. */
export function systemProcessTable(): ProcessTable {
  const boot = attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
  const namespace = attempt(() => readlinkSync('/proc/self/ns/pid'));
  return {
    place: [hostname() || 'localhost', boot ?? '-', namespace ?? '-']
      .map((part) => part.replaceAll(' ', '_'))
      .join(' '),
    startOf(pid) {
      if (boot !== undefined) return attempt(() => startTime(readFileSync(`/proc/${pid}/stat`, 'utf8')));
      return signalReaches(pid) ? 'running' : undefined;
    },
  };
}

/**
 * Field 22 of /proc/PID/stat, see proc(5): the start in clock ticks since boot. The name in field 2 may hold anything, even
 * `)`. A process that has ended and was not yet waited for (Z, X) counts as gone: it holds nothing any more.
 */
function startTime(stat: string): string | undefined {
  const [state = '', ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ['Z', 'X'].includes(state) ? undefined : rest[18];
}

function signalReaches(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
