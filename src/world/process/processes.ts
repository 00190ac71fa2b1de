import { statusOf, thisProcess, type ProcessIdentity } from './identity.js';

/** Whether a process runs; `unknown` if that can't be seen from here. */
export type ProcessState = 'alive' | 'dead' | 'unknown';

/** Tells whether processes are alive. */
export interface Processes {
  readonly self: ProcessIdentity;
  /** Looks up a process in the process table. Never guesses: `dead` and `alive` are certain. */
  stateOf(process: ProcessIdentity): ProcessState;
}

/** Looks up a process of this PID namespace. */
export type LookUp = (pid: number) => { readonly started: string | undefined } | undefined;

/** The processes as seen from this one. */
export function systemProcesses(): Processes {
  return processesSeenBy(thisProcess(), lookUp);
}

export function processesSeenBy(self: ProcessIdentity, table: LookUp): Processes {
  return {
    self,
    stateOf(other) {
      const kernel = sameKernel(self, other);
      if (kernel === false) return hasRestarted(self, other) ? 'dead' : 'unknown';
      if (kernel === undefined && self.host !== other.host) return 'unknown';
      if (self.namespace === undefined || self.namespace !== other.namespace) return 'unknown';
      const found = table(other.pid);
      if (found === undefined) return 'dead';
      const isReused = found.started !== undefined && other.started !== undefined && found.started !== other.started;
      return isReused ? 'dead' : 'alive';
    },
  };
}

/** Whether two processes belong to the same run of the same kernel; undefined if unknown. */
export function sameKernel(a: ProcessIdentity, b: ProcessIdentity): boolean | undefined {
  return a.boot === undefined || b.boot === undefined ? undefined : a.boot === b.boot;
}

/** Whether both processes run on one machine, as far as that can be known. */
export function sameMachine(a: ProcessIdentity, b: ProcessIdentity): boolean {
  return a.machine !== undefined && a.machine === b.machine && a.host === b.host;
}

/** Whether the other process's machine has restarted since, which means that none of its processes is alive. */
function hasRestarted(self: ProcessIdentity, other: ProcessIdentity): boolean {
  return sameKernel(self, other) === false && sameMachine(self, other);
}

function lookUp(pid: number): { readonly started: string | undefined } | undefined {
  const status = statusOf(pid);
  if (status !== undefined) return status.ended ? undefined : status;
  return signalReaches(pid) ? { started: undefined } : undefined;
}

function signalReaches(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
