import { statSync } from 'node:fs';
import { packingOf } from '../../files/index.js';
import { chooseExecutor, type TraceOf } from '../../pipeline/index.js';
import { openEngines, type EnginePipeline, type Engines } from '../engines/engines.js';
import type { RunPlan } from './plan.js';

/** Converts the pipeline of a run to the form that its engine takes. */
export function enginePipeline({ pipeline, block, ai }: RunPlan): EnginePipeline {
  return { spec: pipeline, block, budget: ai?.budget };
}

/**
 * Opens what the stages of a run need: the engines of one pipeline.
 *
 * @param tell receives notices for the user
 * @throws ConfigError
 */
export function openRunEngines(
  plan: RunPlan,
  tell: (message: string) => void,
  traceOf: TraceOf | undefined,
): Promise<Engines> {
  const { ai, threads, follow, limit, inputs } = plan;
  const choice = {
    threads: follow ? 1 : threads.count,
    atOnce: threads.asked,
    inputBytes: limit === undefined ? sizeOf(inputs) : undefined,
    traceOf,
  };
  return openEngines(
    {
      live: false,
      strays: 'stop',
      ...ai,
      pipelines: [enginePipeline(plan)],
      plain: (block) => chooseExecutor(block, choice),
    },
    tell,
  );
}

/** The input's size in bytes, if all of it is in plain files. */
function sizeOf(inputs: readonly string[]): number | undefined {
  let bytes = 0;
  for (const input of inputs) {
    const stats =
      input === '-' || packingOf(input) !== undefined ? undefined : statSync(input, { throwIfNoEntry: false });
    if (stats?.isFile() !== true) return undefined;
    bytes += stats.size;
  }
  return bytes;
}
