import type { OpenExecutor, OpenSinks, StateChanges } from '../../pipeline/index.js';
import type { Block, ResumeAt, Source } from '../../sources/index.js';
import type { PipelineEngine } from '../engines/engines.js';
import type { TargetHolds } from '../outputs/hold-targets.js';
import type { PersonTalk } from '../talk.js';
import type { LookAtOutputs } from './look-at-outputs.js';

/** The inputs and outputs of a run, open. */
export interface RunJob {
  readonly sources: readonly Source[];
  readonly blocks: AsyncIterable<Block>;
  readonly sinks: OpenSinks;
  /** Sees that nobody else has changed what is written. */
  readonly look: LookAtOutputs;
  /** What keeps its checkpoint, where it has one. */
  readonly keeping?: RunKeeping;
  /** Lets others have the outputs. */
  release(): Promise<void>;
}

/** Keeps a run's checkpoint. */
export interface RunKeeping {
  /** Everything up to here is out, and nothing behind it. */
  reached(at: ResumeAt): void;
  /** What the stages know has changed, by the events before what is reached next. */
  changed(changes: StateChanges): void;
  /** Makes a checkpoint in which files stand that were begun: nothing of the block they were begun for is written yet. */
  filesBegun(): Promise<void>;
  /**
   * Makes the last checkpoint.
   *
   * @param ended nothing was written behind what was reached
   * @throws JobError when this, or an earlier one, could not be made
   */
  finish(ended: boolean): Promise<void>;
  /** Lines of the inputs that are done, by this run and those before it. */
  linesDone(): number;
  /** Whether an earlier run began the work. */
  readonly goesOn: boolean;
}

/** What a run is opened with. */
export interface JobOptions {
  readonly engine: PipelineEngine;
  readonly executor: OpenExecutor;
  /** Ends the reading. */
  readonly reading: AbortController;
  readonly talk: PersonTalk;
}

/** With the outputs kept from others. */
export interface HeldJobOptions extends JobOptions {
  readonly holds: TargetHolds;
}
