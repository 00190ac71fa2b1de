/** The exit codes of every command. */
export const EXIT = {
  ok: 0,
  /** A bug in Colloquium. */
  bug: 1,
  /** A wrong flag, a missing file, nothing to do. */
  usage: 2,
  /** Finished, and some events failed. */
  someFailed: 3,
  /** Every provider is down. */
  providersDown: 69,
  /** Stored data is damaged, or a disk fails. */
  dataError: 74,
  /** Stopped by a budget or a provider's limit; `--resume` continues. */
  stopped: 75,
  /** The config or a script is invalid. */
  invalid: 78,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
