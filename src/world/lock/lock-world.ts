import { systemProcesses, type Processes } from '../process/index.js';
import { realKernel, type Kernel } from './kernel.js';
import { realLockFiles, type LockFiles } from './lock-files.js';

/** What locks use of the outside world. */
export interface LockWorld {
  /** Milliseconds since the epoch; only for display. */
  readonly now: () => number;
  /** Calls `then` repeatedly without keeping the process alive. The returned function ends the calls. */
  readonly every: (ms: number, then: () => void) => () => void;
  readonly processes: Processes;
  readonly kernel: Kernel;
  readonly files: LockFiles;
  /** The locks that this process holds, as the path and inode of each lock file. */
  readonly held: Set<string>;
  /** Eight letters and digits. */
  readonly randomName: () => string;
}

const held = new Set<string>();

/** The real clock, kernel and file system. */
export function realLockWorld(): LockWorld {
  return {
    held,
    now: () => Date.now(),
    every(ms, then) {
      const timer = setInterval(then, ms).unref();
      return () => clearInterval(timer);
    },
    processes: systemProcesses(),
    kernel: realKernel,
    files: realLockFiles,
    randomName: () => Math.random().toString(36).slice(2, 10).padEnd(8, '0'),
  };
}
