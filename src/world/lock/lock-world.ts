import { systemProcesses, type Processes } from '../process/index.js';
import { realKernel, type Kernel } from './kernel.js';
import { realLockFiles, type LockFiles } from './lock-files.js';

/** What locks use of the world around them. */
export interface LockWorld {
  /** Milliseconds since the epoch; for people only. */
  readonly now: () => number;
  /** Calls `then` again and again; keeps no process from ending. The returned function ends it. */
  readonly every: (ms: number, then: () => void) => () => void;
  readonly processes: Processes;
  readonly kernel: Kernel;
  readonly files: LockFiles;
  /** Eight letters and digits. */
  readonly randomName: () => string;
}

/** The real world. */
export function realLockWorld(): LockWorld {
  return {
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
