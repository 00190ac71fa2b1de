import type { BlockRunResult, Counts, PauseReason, RunPaused } from '../../pipeline/index.js';
import { OutputChangedError } from '../../jobs/run/index.js';
import { SinkError } from '../../sinks/index.js';
import { SourceError } from '../../sources/index.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { UserError } from './user-error.js';

/** The exit code of a command that had to stop although nothing is broken. */
const PAUSE_CODES: Readonly<Record<PauseReason, ExitCode>> = {
  budget: EXIT.stopped,
  'provider-limit': EXIT.stopped,
  'in-doubt': EXIT.stopped,
  batched: EXIT.stopped,
  aborted: EXIT.stopped,
  'providers-down': EXIT.providersDown,
  'provider-refused': EXIT.providersDown,
};

/**
 * Returns the exit code of a command, given how its events ended.
 *
 * @param howToContinue what to do after a pause
 * @throws UserError if the command could not finish; errors that are bugs, as they are
 */
export function exitCodeOf(result: BlockRunResult, howToContinue: string): ExitCode {
  switch (result.endedBy) {
    case 'error':
      throw asUserError(result.error);
    case 'paused':
      throw pauseError(result.pause, howToContinue);
    default:
      return isWhole(result.counts) ? EXIT.ok : EXIT.someFailed;
  }
}

/** @param howToContinue what to do after the pause */
export function pauseError({ reason, message }: RunPaused, howToContinue: string): UserError {
  return new UserError(`stopped: ${message}`, PAUSE_CODES[reason], howToContinue);
}

export function pauseOf(result: BlockRunResult): RunPaused | undefined {
  return result.endedBy === 'paused' ? result.pause : undefined;
}

/** Why a command's events ended. `input`: the input was read to its end. */
export type WhyEnded = BlockRunResult['endedBy'] | 'limit' | 'signal';

/**
 * @param limit events that were requested
 * @param signalCode the exit code of a signal that ended the command
 */
export function whyEnded(
  { endedBy, counts }: BlockRunResult,
  { limit, signalCode }: { readonly limit: number | undefined; readonly signalCode: number | undefined },
): WhyEnded {
  // If a signal aborts calls, the result is a pause.
  if (signalCode !== undefined && (endedBy === 'input' || endedBy === 'paused')) return 'signal';
  return endedBy === 'input' && limit !== undefined && counts.input >= limit ? 'limit' : endedBy;
}

/** Whether no event was dead-lettered, skipped or unrouted. */
function isWhole({ deadLettered, skipped, unrouted }: Counts): boolean {
  return deadLettered + skipped + unrouted === 0;
}

/** Whatever the error was, something has been written. */
function asUserError(error: unknown): unknown {
  if (!(error instanceof SourceError || error instanceof SinkError)) return error;
  if (error.cause instanceof OutputChangedError) {
    const hint = 'run it again, and let nobody else touch the file meanwhile';
    return new UserError(error.message, EXIT.dataError, hint);
  }
  return new UserError(`${error.message}; what the counts name was done`, EXIT.dataError);
}
