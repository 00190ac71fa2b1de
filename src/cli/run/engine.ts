import { blockProcessor, inlineExecutor, singleLines, type BlockExecutor, type TraceOf } from '../../pipeline/index.js';
import type { Block } from '../../sources/index.js';
import type { RunPlan } from './plan.js';

/** What turns a run's blocks into results. */
export interface Engine {
  readonly executor: BlockExecutor;
  /** The input as the executor wants it. */
  shape(blocks: AsyncIterable<Block>): AsyncIterable<Block>;
  /** The run is to end: what is under way is finished, nothing new is begun that costs. */
  drain(): void;
  close(): Promise<void>;
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
    const { openAi } = await import('../ai/ai-executor.js');
    const { executor, client } = await openAi(plan.ai, block, tell);
    return { executor, shape: singleLines, drain: () => void client.drain(), close: () => client.close() };
  }
  const processBlock = blockProcessor(block, await traceOf(plan));
  return {
    executor: inlineExecutor(processBlock),
    shape: (blocks) => blocks,
    drain: () => undefined,
    close: () => Promise.resolve(),
  };
}

/** A listener for every stage whose calls are to be told. */
async function traceOf({ traced }: RunPlan): Promise<TraceOf | undefined> {
  if (traced === undefined) return undefined;
  const { traceTo } = await import('./trace.js');
  return (stage) => {
    const source = traced.get(stage);
    return source && traceTo((text) => void process.stderr.write(text), source);
  };
}
