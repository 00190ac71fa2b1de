import type { BlockOptions } from '../../pipeline/index.js';
import { enginePipeline, openRunEngines } from '../run/engines.js';
import type { RunPlan } from '../run/plan.js';
import { billOf, type Bill } from './bill.js';
import { collectFailures } from './failures.js';
import { passThrough, type ForecastJob } from './pass-through.js';

/**
 * Does everything that a run would, except for calls and writing, and makes the bill.
 *
 * @param sampleSize the number of rows to send all the same
 * @param signal aborted when the forecast is to end early
 * @param blocks gives the events; absent: they come from the plan's inputs
 * @throws SourceError, ConfigError, ComputoError, JobError
 */
export async function forecast(
  planned: RunPlan,
  sampleSize: number,
  talk: ForecastJob['talk'],
  signal: AbortSignal,
  blocks?: ForecastJob['blocks'],
): Promise<Bill> {
  // Failures are counted and reported, whatever `on_error` and `--strict` would make of them.
  const plan: RunPlan = {
    ...planned,
    pipeline: { ...planned.pipeline, onError: { kind: 'dead_letter' } },
    block: { ...planned.block, strict: false, rawMax: 0 },
  };
  const reading = new AbortController();
  signal.addEventListener('abort', () => reading.abort());
  const job = { plan, talk, reading, blocks };
  if (plan.ai === undefined) return withoutCalls(job);
  const { withForecast } = await import('./with-forecast.js');
  const block: BlockOptions = { ...plan.block, pipeline: plan.pipeline };
  return withForecast({ ...job, run: plan.ai, block, sampleSize, signal });
}

async function withoutCalls(job: ForecastJob): Promise<Bill> {
  const { plan } = job;
  const engines = await openRunEngines(plan, () => undefined, undefined);
  const engine = engines.engineOf(enginePipeline(plan));
  const failures = collectFailures();
  const { counts } = await passThrough(job, { executor: engine.open(), shape: engine.shape }, failures);
  return billOf({
    pipeline: plan.pipeline.name,
    counts,
    awaited: 0,
    examples: failures.examples,
    forecasts: [],
    limitsOf: () => ({}),
    concurrency: 1,
    left: undefined,
    sample: undefined,
  });
}
