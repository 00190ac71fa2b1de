/** What kind of trouble a log is in; stable, for callers that choose an exit code or a status. */
export type LogErrorKind =
  /** Another process writes to the folder. */
  | 'locked'
  /** The disk refused a write or a sync. What was not acknowledged is not stored. */
  | 'write'
  /** The disk refused a read, or the folder cannot be used. */
  | 'read'
  /** A checkpoint or a backup is damaged. */
  | 'damaged'
  /** What was to be stored cannot be a record. */
  | 'record'
  /** The folder was moved away, removed or replaced under its writer: see {@link DisplacedError}. */
  | 'displaced'
  /** The log was closed. */
  | 'closed'
  /** The request makes no sense for this log, e.g. a restore over an existing one. */
  | 'refused';

/** Trouble with the log, told for a person: place, problem and way out are in the message. */
export class LogError extends Error {
  override readonly name = 'LogError';
  readonly kind: LogErrorKind;
  /** The operating system's code, e.g. ENOSPC. */
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

/** What became of a log's folder: moved away or removed, replaced by another, or its files were removed. */
export type Displacement = 'gone' | 'replaced' | 'emptied';

const DISPLACEMENTS: Readonly<Record<Displacement, string>> = {
  gone:
    'the folder is gone: it was moved away or removed while it was written to. ' +
    'Move it back, and storing goes on by itself; if it was removed, restart',
  replaced:
    'another folder has taken the place of the one that was written to, and nothing is written to it. ' +
    'Put the former one back, and storing goes on by itself; restart to go on with the new one',
  emptied: 'its lock was removed from it, as all of its files may have been. Restart to go on with what is there now',
};

/** The log's folder is not where it was: nothing is stored, and what lies at its path is left alone. */
export class DisplacedError extends LogError {
  constructor(
    folder: string,
    readonly displacement: Displacement,
  ) {
    super('displaced', `${folder}: ${DISPLACEMENTS[displacement]}`);
  }
}
