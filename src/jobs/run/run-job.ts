import type { OpenExecutor, OpenSinks, StateChanges } from '../../pipeline/index.js';
import type { Block, ResumeAt, Source } from '../../sources/index.js';
import type { PipelineEngine } from '../engines/engines.js';
import type { TargetHolds } from '../outputs/hold-targets.js';
import type { PersonTalk } from '../talk.js';
import type { LookAtOutputs } from './look-at-outputs.js';

/** The open inputs and outputs of a run. */
export interface RunJob {
  readonly sources: readonly Source[];
  /** How many bytes of them earlier runs have processed, which this run continues. Absent: none. */
  readonly bytesBefore?: number;
  readonly blocks: AsyncIterable<Block>;
  readonly sinks: OpenSinks;
  /** Checks that nobody else has changed the outputs. */
  readonly checkOutputs: LookAtOutputs;
  /** Keeps the run's checkpoint, if it has one. */
  readonly keeping?: RunKeeping;
  /** Releases the outputs for others. */
  release(): Promise<void>;
}

/** Keeps a run's checkpoint. */
export interface RunKeeping {
  /** Call this when everything up to here is written, and nothing behind it. */
  reached(at: ResumeAt): void;
  /** Call this when the events before the next place changed the state of the stages. */
  changed(changes: StateChanges): void;
  /** Makes a checkpoint that lists newly created files, before anything of the current block is written to them. */
  filesBegun(): Promise<void>;
  /**
   * Makes the last checkpoint.
   *
   * @param ended whether nothing was written behind the place reached
   * @throws JobError when this or an earlier checkpoint could not be made
   */
  finish(ended: boolean): Promise<void>;
  /** The number of input lines processed, by this run and those before it. */
  linesDone(): number;
  /** Counts events that failed or went to no output. Call this before `reached`. */
  failed(count: number): void;
  /** The number of these events, in this run and those before it; undefined: an older version did not count them. */
  failedSoFar(): number | undefined;
  /** Whether this run continues an earlier one. */
  readonly goesOn: boolean;
}

/** What is needed to open a run. */
export interface JobOptions {
  readonly engine: PipelineEngine;
  readonly executor: OpenExecutor;
  /** Stops the reading. */
  readonly reading: AbortController;
  readonly talk: PersonTalk;
}

/** Options for a run whose outputs are locked. */
export interface HeldJobOptions extends JobOptions {
  readonly holds: TargetHolds;
}
