/** Some of the lines of a write: they go to the file of their group, and follow the lines of the group before. */
export interface LineGroup {
  /** See `groupOf`. */
  readonly group: string;
  readonly bytes: number;
}

/** The destination of finished lines. Writes are whole lines, in order, one at a time: the caller awaits each before the next. */
export interface Sink {
  /** For people: a path, or `stdout`. */
  readonly name: string;
  /**
   * Resolves when the operating system has the bytes: the caller may then reuse their memory.
   *
   * @param groups how the lines are divided among files, if the output has a file per key
   * @throws SinkClosedError when the reader is gone; SinkError when the bytes can't be written
   */
  write(lines: Uint8Array, groups?: readonly LineGroup[]): Promise<void>;
  /**
   * Opens the files of an upcoming write, if the output has a file per key.
   *
   * @returns whether files were created or replaced: no checkpoint knows them
   * @throws SinkError
   */
  prepare?(groups: readonly LineGroup[]): Promise<boolean>;
  /** Flushes and releases everything. No write may follow. */
  close(): Promise<void>;
}

/** The other end of the pipe has closed. This is not a failure: nobody is left to write for. */
export class SinkClosedError extends Error {
  override readonly name = 'SinkClosedError';
}

/** The lines could not be written: a full disk, a missing folder, a device that fails. */
export class SinkError extends Error {
  override readonly name = 'SinkError';

  /** @param phase `open`: nothing was written; `write`: earlier acknowledged lines are written */
  constructor(
    readonly sink: string,
    readonly phase: 'open' | 'write',
    cause: unknown,
  ) {
    super(`cannot ${phase === 'open' ? 'open' : 'write to'} ${sink}: ${reasonOf(cause)}`, { cause });
  }
}

/** The operating system's message, without what Node adds to it: `CODE: words, call 'path'`. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return /^E[A-Z0-9]+: (.+?), [a-z]+(?: '.*)?$/s.exec(cause.message)?.[1] ?? cause.message;
}
