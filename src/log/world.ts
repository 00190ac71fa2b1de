import { setTimeout as sleep } from 'node:timers/promises';
import type { Disk } from './disk/disk.js';
import { nodeDisk } from './disk/node-disk.js';
import { thisProcess, type ProcessIdentity, type ProcessTable, nodeProcessTable } from './lock/process-identity.js';

/** What the log uses of the world around it. */
export interface World {
  readonly disk: Disk;
  /** The clock: milliseconds since the epoch, an integer. It may jump. */
  readonly now: () => number;
  /** Milliseconds from some fixed moment; never jumps. */
  readonly elapsed: () => number;
  /** Resolves after that many milliseconds, or at once when the signal is raised. */
  readonly wait: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly self: ProcessIdentity;
  readonly processes: ProcessTable;
}

/** The real world. */
export function nodeWorld(): World {
  return {
    disk: nodeDisk,
    now: () => Date.now(),
    elapsed: () => performance.now(),
    wait: (ms, signal) =>
      sleep(ms, undefined, signal === undefined ? {} : { signal }).catch((error: unknown) => {
        if (signal?.aborted !== true) throw error;
      }),
    self: thisProcess(),
    processes: nodeProcessTable,
  };
}
