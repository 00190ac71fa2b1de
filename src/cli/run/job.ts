import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Sink } from '../../sinks/index.js';
import type { Block, ResumeAt, Source } from '../../sources/index.js';
import { readSources, openSources } from './open-input.js';
import type { Engine } from './engine.js';
import { holdOutputs, type OutputHolds } from './hold-outputs.js';
import { lookAtOutputs, type LookAtOutputs } from './look-at-outputs.js';
import { openOutputs, refuseClashes } from './open-outputs.js';
import { refuseStrangeParts } from './own-parts.js';
import type { RunPlan } from './plan.js';

/** The inputs and outputs of a run, open. */
export interface RunJob {
  readonly sources: readonly Source[];
  readonly blocks: AsyncIterable<Block>;
  readonly outputs: readonly Sink[];
  readonly deadLetters: Sink;
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
  /**
   * Makes the last checkpoint.
   *
   * @param ended nothing was written behind what was reached
   * @throws UserError when this, or an earlier one, could not be made
   */
  finish(ended: boolean): Promise<void>;
  /** Lines of the inputs that are done, by this run and those before it. */
  linesDone(): number;
  /** Whether an earlier run began the work. */
  readonly goesOn: boolean;
}

/**
 * Opens what a run reads and writes.
 *
 * @param reading ends the reading
 * @throws UserError, SourceError, SinkError
 */
export async function openJob(plan: RunPlan, engine: Engine, reading: AbortController): Promise<RunJob> {
  refuseClashes(plan);
  const holds = await holdOutputs(plan);
  try {
    if (plan.resume === undefined) refuseStrangeParts(plan);
    const job = await openHeld(plan, { engine, reading, holds });
    return {
      ...job,
      async release() {
        try {
          await job.release();
        } finally {
          await holds.release();
        }
      },
    };
  } catch (error) {
    await holds.release();
    throw error;
  }
}

/** What a job is opened with. */
export interface JobContext {
  readonly engine: Engine;
  /** Ends the reading. */
  readonly reading: AbortController;
  /** No other process writes to the outputs. */
  readonly holds: OutputHolds;
}

async function openHeld(plan: RunPlan, context: JobContext): Promise<RunJob> {
  const { engine, reading, holds } = context;
  if (plan.resume !== undefined) {
    const { openResumed } = await import('./resume/index.js');
    return openResumed(plan, plan.resume, context);
  }
  const sources = openSources(plan);
  const release = await forgetCheckpoints(plan);
  try {
    const { outputs, deadLetters, files } = await openOutputs(plan, holds);
    const look = lookAtOutputs(files, { deadLetters, follows: plan.follow });
    const blocks = engine.shape(readSources(plan, sources, reading.signal));
    return { sources, blocks, outputs, deadLetters, look, release };
  } catch (error) {
    await release();
    throw error;
  }
}

/** What this run writes over cannot be gone on with. Who only adds to files, where no run ever kept a checkpoint, pays one look. */
async function forgetCheckpoints(plan: RunPlan): Promise<RunJob['release']> {
  const files = [...plan.outputs, plan.deadLetters].flatMap((output) => (output.kind === 'file' ? [output] : []));
  const writesOver = files.some(({ mode }) => mode === 'truncate');
  if (files.length === 0 || !(writesOver || existsSync(join(plan.stateFolder, 'locks')))) {
    return () => Promise.resolve();
  }
  const { forgetOutputs } = await import('./resume/index.js');
  return forgetOutputs(plan);
}
