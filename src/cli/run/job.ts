import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Sink } from '../../sinks/index.js';
import type { Block, ResumeAt, Source } from '../../sources/index.js';
import { readSources, openSources } from './open-input.js';
import type { Engine } from './engine.js';
import { openOutputs, refuseClashes } from './open-outputs.js';
import type { RunPlan } from './plan.js';

/** The inputs and outputs of a run, open. */
export interface RunJob {
  readonly sources: readonly Source[];
  readonly blocks: AsyncIterable<Block>;
  readonly outputs: readonly Sink[];
  readonly deadLetters: Sink;
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
  if (plan.resume !== undefined) {
    const { openResumed } = await import('./resume/index.js');
    return openResumed(plan, plan.resume, engine, reading);
  }
  const sources = openSources(plan);
  refuseClashes(plan);
  const release = await forgetCheckpoints(plan);
  try {
    const { outputs, deadLetters } = await openOutputs(plan);
    const blocks = engine.shape(readSources(plan, sources, reading.signal));
    return { sources, blocks, outputs, deadLetters, release };
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
