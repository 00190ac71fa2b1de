import { useProvider } from '../../config/index.js';
import { isAiStage, singleLines, type BlockOptions } from '../../pipeline/index.js';
import { callManner, concurrencyFor, onThisThread } from '../ai/ai-engines.js';
import { openAi, providersOf } from '../ai/open-client.js';
import { enginePipeline } from '../run/engines.js';
import type { AiRun } from '../run/plan.js';
import { billOf, type Bill } from './bill.js';
import { collectFailures } from './failures.js';
import { forecastCalls } from './forecast-calls.js';
import { passThrough, type ForecastJob } from './pass-through.js';
import { rowTracker } from './row.js';
import { runSample } from './sample-run.js';
import { createSampler } from './sampler.js';
import { stageForecast } from './stage-forecast.js';

/** Concurrent estimates: looking up the journal takes a moment each. */
const CONCURRENCY = 32;
const WINDOW = 128;

/** A dry run of a pipeline with AI stages. */
export interface ForecastRun extends ForecastJob {
  readonly run: AiRun;
  readonly block: BlockOptions;
  readonly sampleSize: number;
  /** Aborted when the forecast is to end early. */
  readonly signal: AbortSignal;
}

/** Counts every call that would be made, then makes those of the sample. */
export async function withForecast(job: ForecastRun): Promise<Bill> {
  const { plan, run, block, sampleSize, signal, talk } = job;
  const { pipeline } = plan;
  const client = await openAi({ ...run, pipelines: [enginePipeline(plan)] }, talk.notice, sampleSize === 0);
  try {
    signal.addEventListener('abort', () => void client.drain());
    const stages = pipeline.stages.filter(isAiStage);
    const forecasts = new Map(stages.map(({ name }) => [name, stageForecast(name)]));
    const forecastOf = (stage: string) => forecasts.get(stage) ?? stageForecast(stage);
    const sampler = createSampler(sampleSize);
    const rows = rowTracker();
    const manner = callManner(run);
    const calls = forecastCalls({ client, manner, forecastOf, rows, sampler });
    const executor = rows.track(onThisThread({ ...block, calls, concurrency: CONCURRENCY, window: WINDOW }));
    const failures = collectFailures();
    const { counts } = await passThrough(job, { executor, shape: singleLines }, failures);

    const concurrency = run.concurrency ?? concurrencyFor(run.config, providersOf(pipeline));
    const result = sampleSize === 0 ? undefined : await runSample(sampler.chosen, client, block, manner, concurrency);
    const { left, spent } = await client.status(pipeline.name);
    return billOf({
      pipeline: pipeline.name,
      counts,
      awaited: failures.awaited,
      examples: failures.examples,
      forecasts: [...forecasts.values()],
      limitsOf: (provider) => useProvider(run.config, provider, true),
      concurrency,
      left,
      sample: result && { result, spent },
    });
  } finally {
    await client.close();
  }
}
