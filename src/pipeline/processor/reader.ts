import type { Block, ResumeAt } from '../../sources/index.js';
import type { Keep } from '../drive.js';
import type { BlockExecutor, Delivered } from '../run-blocks.js';
import type { KnownFiles, OpenSinks } from './outputs.js';

/** What became of a block of events. */
export interface BlockTally extends Omit<Delivered, 'resumeAt'> {
  /** When its last event was stored, in milliseconds since the epoch; undefined if nothing was read before. */
  readonly storedAt: number | undefined;
}

/** Supplies a processor with events, and records which of them are done. */
export interface ProcessorReader {
  /** Begins reading where the last run stopped. */
  begin(): Promise<ReaderPass>;
  /** Call it after each run. @returns whether the run made progress */
  gotOn(): boolean;
  /** Whether this processor is known to have unprocessed events. */
  readonly isBehind: boolean;
  /** Closes the reader: nobody reads any more. */
  close(): Promise<void>;
}

/** What one run reads. */
export interface ReaderPass {
  /** What is known of the output files; undefined: nothing. */
  readonly known: KnownFiles | undefined;
  start(run: ReaderPassOptions): StartedPass;
}

/** What a run provides to its reader. */
export interface ReaderPassOptions {
  readonly sinks: OpenSinks;
  /** Processes the events. */
  readonly executor: Pick<BlockExecutor, 'state'>;
  /** Aborted when nothing more is to be read. */
  readonly signal: AbortSignal;
  /** Aborts the signal. */
  readonly stop: () => void;
  /** Called with events that ended before any executor saw them. */
  readonly delivered: (tally: BlockTally) => void;
  /** Called when the run has reached a place. @param isFurther whether that is progress */
  readonly onReached: (isFurther: boolean) => void;
}

export interface StartedPass {
  readonly blocks: AsyncIterable<Block>;
  readonly keep: Keep;
  /** Whether blocks may be finished in any order. */
  readonly unordered: boolean;
  /** See {@link BlockTally.storedAt}. */
  readonly storedAt: (resumeAt: ResumeAt) => number | undefined;
  /** Called between two writes, when output files were replaced by new ones. */
  readonly renew: () => Promise<void>;
}
