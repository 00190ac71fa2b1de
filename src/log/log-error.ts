/** The kind of a log failure. Stable, for callers that choose an exit code or a status. */
export type LogErrorKind =
  /** Another process writes to the folder. */
  | 'locked'
  /** The disk rejected a write or a sync. Unacknowledged records are not stored. */
  | 'write'
  /** The disk rejected a read, or the folder can't be used. */
  | 'read'
  /** A checkpoint or a backup is damaged. */
  | 'damaged'
  /** The data can't be a record. */
  | 'record'
  /** The folder was moved, removed or replaced while its writer used it: see {@link DisplacedError}. */
  | 'displaced'
  /** The log was closed. */
  | 'closed'
  /** The request makes no sense for this log, such as a restore over an existing one. */
  | 'refused';

/** A failure of the log. The message names the place, the problem and the remedy. */
export class LogError extends Error {
  override readonly name = 'LogError';
  readonly kind: LogErrorKind;
  /** The operating system's code, such as ENOSPC. */
  readonly code: string | undefined;

  constructor(
    kind: LogErrorKind,
    message: string,
    options?: { readonly cause?: unknown; readonly code?: string | undefined },
  ) {
    super(message, options?.cause === undefined ? undefined : { cause: options.cause });
    this.kind = kind;
    this.code = options?.code;
  }
}

/** What happened to a log's folder: it was moved or removed, it was replaced, or its files were removed. */
export type Displacement = 'gone' | 'replaced' | 'emptied';

const DISPLACEMENTS: Readonly<Record<Displacement, string>> = {
  gone:
    'the folder is gone: it was moved away or removed during use.' +
    'Move it back, and storing continues by itself; if it was removed, restart',
  replaced:
    'another folder has taken the place of the one in use, and nothing is written to it.' +
    'Put the original back, and storing continues by itself; restart to use the new one',
  emptied: 'its lock was removed, and perhaps all of its files. Restart to use what is there now',
};

/** The log's folder was moved, removed or replaced: nothing is stored, and nothing at its path is touched. */
export class DisplacedError extends LogError {
  constructor(
    folder: string,
    readonly displacement: Displacement,
  ) {
    super('displaced', `${folder}: ${DISPLACEMENTS[displacement]}`);
  }
}
