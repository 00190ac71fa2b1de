import type { Block, ResumeAt } from '../../sources/index.js';
import type { Keep } from '../drive.js';
import type { BlockExecutor, Delivered } from '../run-blocks.js';
import type { KnownFiles, OpenSinks } from './outputs.js';

/** What became of a block of events. */
export interface BlockTally extends Omit<Delivered, 'resumeAt'> {
  /** When its last event was stored, milliseconds since the epoch; undefined where nothing was read before. */
  readonly storedAt: number | undefined;
}

/** Gives a processor its events, and keeps in mind which of them are done. */
export interface ProcessorReader {
  /** Begins to read where the last run has come to. */
  begin(): Promise<ReaderPass>;
  /** To be called after each run. @returns whether it got anywhere */
  gotOn(): boolean;
  /** Whether there are events that this processor is known to have to do. */
  readonly isBehind: boolean;
  /** Nobody reads any more. */
  close(): Promise<void>;
}

/** What one run reads. */
export interface ReaderPass {
  /** What is known of the files that are written to; undefined: nothing. */
  readonly known: KnownFiles | undefined;
  start(run: ReaderPassOptions): StartedPass;
}

/** What a run offers to whoever reads for it. */
export interface ReaderPassOptions {
  readonly sinks: OpenSinks;
  /** What works on the events. */
  readonly executor: Pick<BlockExecutor, 'state'>;
  /** Raised when nothing more is to be read. */
  readonly signal: AbortSignal;
  /** Raises it. */
  readonly stop: () => void;
  /** Told of events that came to their end before any executor saw them. */
  readonly delivered: (tally: BlockTally) => void;
  /** The run has got anywhere. */
  readonly onReached: (isFurther: boolean) => void;
}

export interface StartedPass {
  readonly blocks: AsyncIterable<Block>;
  readonly keep: Keep;
  /** Blocks are done in any order. */
  readonly unordered: boolean;
  /** See {@link BlockTally.storedAt}. */
  readonly storedAt: (resumeAt: ResumeAt) => number | undefined;
  /** Called between two writes, when outputs are other files now. */
  readonly renew: () => Promise<void>;
}
