import { statSync } from 'node:fs';
import { chooseExecutor, singleLines, type BlockExecutor, type TraceOf } from '../../pipeline/index.js';
import type { Block } from '../../sources/index.js';
import type { AiTalk } from './ai-talk.js';
import type { RunPlan } from './plan.js';
import { writeStderr } from './stderr.js';

/** What turns a run's blocks into results. */
export interface Engine {
  readonly executor: BlockExecutor;
  /** The input as the executor wants it. */
  shape(blocks: AsyncIterable<Block>): AsyncIterable<Block>;
  /** The run is to end: what is under way is finished, nothing new is begun that costs. */
  drain(): void;
  close(): Promise<void>;
  /** What it says of its AI calls, where it makes any. */
  readonly ai?: AiTalk;
}

/**
 * Compiles the pipeline, and opens what its stages need.
 *
 * @param tell a notice for a person
 * @throws ConfigError, ComputoError
 */
export async function openEngine(plan: RunPlan, tell: (message: string) => void): Promise<Engine> {
  const block = { ...plan.block, pipeline: plan.pipeline };
  if (plan.ai !== undefined) {
    const [{ openAi }, { aiTalk }] = await Promise.all([import('../ai/ai-executor.js'), import('./ai-talk.js')]);
    const { executor, client } = await openAi(plan.ai, block, tell);
    const ai = aiTalk(client, plan.pipeline.name);
    return { executor, ai, shape: singleLines, drain: () => void client.drain(), close: () => client.close() };
  }
  const { count, asked } = plan.threads;
  const executor = chooseExecutor(block, {
    threads: plan.follow ? 1 : count,
    atOnce: asked,
    inputBytes: plan.limit === undefined ? sizeOf(plan.inputs) : undefined,
    traceOf: await traceOf(plan),
  });
  return { executor, shape: (blocks) => blocks, drain: () => undefined, close: () => executor.close() };
}

/** Bytes of input, where all of it is in plain files. */
function sizeOf(inputs: readonly string[]): number | undefined {
  let bytes = 0;
  for (const input of inputs) {
    const stats = input === '-' || input.endsWith('.gz') ? undefined : statSync(input, { throwIfNoEntry: false });
    if (stats?.isFile() !== true) return undefined;
    bytes += stats.size;
  }
  return bytes;
}

/** A listener for every stage whose calls are to be told. */
async function traceOf({ traced }: RunPlan): Promise<TraceOf | undefined> {
  if (traced === undefined) return undefined;
  const { traceTo } = await import('./trace.js');
  return (stage) => {
    const source = traced.get(stage);
    return source && traceTo(writeStderr, source);
  };
}
