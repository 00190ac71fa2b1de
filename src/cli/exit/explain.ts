import { KeyError } from '../../crypt/index.js';
import { LogError } from '../../log/index.js';
import { LmdbMissingError, StoreWriteError } from '../../lmdb/index.js';
import { NatsUnavailableError } from '../../nats/index.js';
import { JobError, type JobErrorKind } from '../../jobs/index.js';
import { SinkError } from '../../sinks/index.js';
import { SourceError } from '../../sources/index.js';
import { LockedError } from '../../world/lock/index.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { nextStep } from './next-step.js';
import { UserError } from './user-error.js';

/** What to print for an error, and the exit code of the command that it ends. */
export interface Explanation {
  readonly message: string;
  readonly exitCode: ExitCode;
  /** What to do, as an instruction. */
  readonly hint?: string | undefined;
}

const OF_JOBS: Readonly<Record<JobErrorKind, ExitCode>> = {
  refused: EXIT.usage,
  invalid: EXIT.invalid,
  failed: EXIT.dataError,
  unavailable: EXIT.providersDown,
  stopped: EXIT.stopped,
};

/** The one table of errors that are not bugs in Colloquium. @returns undefined if the error is not in it */
export function explained(error: unknown): Explanation | undefined {
  if (error instanceof UserError) return error;
  const exitCode = exitCodeFor(error);
  if (exitCode === undefined || !(error instanceof Error)) return undefined;
  const { message } = error;
  if (error instanceof JobError) return { message, exitCode, hint: error.hint };
  if (error instanceof NatsUnavailableError || error instanceof LmdbMissingError)
    return { message, exitCode, hint: error.advice };
  if (error instanceof StoreWriteError)
    return { message, exitCode, hint: 'make room there, and go on; what was written before is kept' };
  if (error instanceof SourceError || error instanceof SinkError) return { message, exitCode, hint: nextStep(error) };
  return { message, exitCode };
}

function exitCodeFor(error: unknown): ExitCode | undefined {
  if (error instanceof JobError) return OF_JOBS[error.kind];
  if (error instanceof LogError) {
    return error.kind === 'refused' || error.kind === 'locked' ? EXIT.usage : EXIT.dataError;
  }
  // A file that can't be opened is usually mistyped. A later failure means a disk error or damaged data.
  if (error instanceof SourceError || error instanceof SinkError) {
    return error.phase === 'open' ? EXIT.usage : EXIT.dataError;
  }
  if (error instanceof KeyError) return EXIT.invalid;
  if (error instanceof StoreWriteError) return EXIT.dataError;
  if (error instanceof LockedError || error instanceof LmdbMissingError) return EXIT.usage;
  if (error instanceof NatsUnavailableError) return EXIT.providersDown;
  return undefined;
}
