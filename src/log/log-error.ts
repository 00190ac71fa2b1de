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
