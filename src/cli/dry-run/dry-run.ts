import { useProvider, useSection } from '../../config/index.js';
import {
  eventExecutor,
  runBlocks,
  singleLines,
  type BlockOptions,
  type BlockRunResult,
  type Progress,
} from '../../pipeline/index.js';
import type { Sink } from '../../sinks/index.js';
import { SourceError } from '../../sources/index.js';
import { concurrencyFor, openRunClient, providersOf, type AiRun } from '../ai/ai-executor.js';
import { EXIT } from '../exit-codes.js';
import { openEngine, type Engine } from '../run/engine.js';
import { openSources, readSources } from '../run/open-input.js';
import type { DryRunPlan, RunPlan } from '../run/plan.js';
import { reporterFor } from '../run/reporter.js';
import { onSignals } from '../run/signals.js';
import { writeStderr } from '../run/stderr.js';
import { UserError } from '../user-error.js';
import { billOf, type Bill } from './bill.js';
import { billJson } from './bill-json.js';
import { billText } from './bill-text.js';
import { collectFailures, type Failures } from './failures.js';
import { forecastCalls } from './forecast-calls.js';
import { rowTracker } from './row.js';
import { runSample } from './sample-run.js';
import { createSampler } from './sampler.js';
import { stageForecast } from './stage-forecast.js';

/** Estimates under way at a time: looking into the journal takes a moment each. */
const CONCURRENCY = 32;
const WINDOW = 128;

type Tell = (message: string) => void;

/** `colloquium run --dry-run`: everything but the calls and the writing, and then the bill. */
export async function dryRun(plan: RunPlan, { sample }: DryRunPlan, tell: Tell): Promise<number> {
  const reading = new AbortController();
  let drain = (): void => undefined;
  const signalCode = onSignals(() => {
    reading.abort();
    drain();
  });
  const whenDrained = (then: () => void): void => void (drain = then);
  const bill =
    plan.ai === undefined
      ? await withoutCalls(plan, reading)
      : await withForecast(plan, plan.ai, sample, reading, whenDrained, tell);
  writeStderr(plan.stats === 'json' ? billJson(bill) : billText(bill));
  return signalCode() ?? (bill.failed > 0 ? EXIT.someFailed : EXIT.ok);
}

/** What fails is counted and told, whatever `on_error` and `--strict` would make of it. */
function dryBlock(plan: RunPlan): BlockOptions {
  return { ...plan.block, strict: false, rawMax: 0, pipeline: { ...plan.pipeline, onError: { kind: 'dead_letter' } } };
}

async function withoutCalls(plan: RunPlan, reading: AbortController): Promise<Bill> {
  const { pipeline, ...block } = dryBlock(plan);
  const engine = await openEngine({ ...plan, block, pipeline }, () => undefined);
  const failures = collectFailures();
  try {
    const { counts } = await passThrough(plan, engine, failures, reading);
    return billOf({
      pipeline: pipeline.name,
      counts,
      awaited: 0,
      examples: failures.examples,
      forecasts: [],
      limitsOf: () => ({}),
      concurrency: 1,
      left: undefined,
      sample: undefined,
    });
  } finally {
    await engine.close();
  }
}

async function withForecast(
  plan: RunPlan,
  run: AiRun,
  sampleSize: number,
  reading: AbortController,
  whenDrained: (then: () => void) => void,
  tell: Tell,
): Promise<Bill> {
  const { pipeline } = plan;
  const client = await openRunClient(run, pipeline, tell, sampleSize === 0);
  try {
    whenDrained(() => void client.drain());
    const stages = pipeline.stages.filter((stage) => stage.kind === 'ai');
    const forecasts = new Map(stages.map(({ name }) => [name, stageForecast(name)]));
    const forecastOf = (stage: string) => forecasts.get(stage) ?? stageForecast(stage);
    const sampler = createSampler(sampleSize);
    const rows = rowTracker();
    const block = dryBlock(plan);
    const calls = forecastCalls({ client, live: run.live, forecastOf, rows, sampler });
    const executor = rows.track(eventExecutor({ ...block, calls, concurrency: CONCURRENCY, window: WINDOW }));
    const failures = collectFailures();
    const { counts } = await passThrough(plan, { executor, shape: singleLines }, failures, reading);

    const concurrency = run.concurrency ?? concurrencyFor(run.config, providersOf(pipeline));
    const manner = { live: run.live, inDoubt: useSection(run.config, 'journal').in_doubt };
    const result = sampleSize === 0 ? undefined : await runSample(sampler.chosen, client, block, manner, concurrency);
    const { left, spent } = await client.status(pipeline.name);
    return billOf({
      pipeline: pipeline.name,
      counts,
      awaited: failures.awaited,
      examples: failures.examples,
      forecasts: [...forecasts.values()],
      limitsOf: (provider) => useProvider(run.config, provider),
      concurrency,
      left,
      sample: result && { result, spent },
    });
  } finally {
    await client.close();
  }
}

/** @throws UserError when the input can't be read to its end */
async function passThrough(
  plan: RunPlan,
  engine: Pick<Engine, 'executor' | 'shape'>,
  failures: Failures,
  reading: AbortController,
): Promise<BlockRunResult> {
  const sources = openSources(plan);
  const progress = plan.progress ? reporterFor(sources) : undefined;
  const result = await runBlocks({
    executor: engine.executor,
    blocks: engine.shape(readSources(plan, sources, reading.signal)),
    outputs: plan.outputs.map(() => nowhere()),
    deadLetters: failures.sink,
    now: Date.now,
    stopReading: () => reading.abort(),
    unordered: plan.ai !== undefined,
    ...(progress && { onProgress: (now) => progress.update(withoutAwaited(now, failures)) }),
  });
  progress?.close();
  if (result.endedBy !== 'error') return result;
  if (result.error instanceof SourceError) throw new UserError(result.error.message, EXIT.dataError);
  throw result.error;
}

/** Who waits for an answer has not failed. */
function withoutAwaited({ counts, bytes }: Progress, { awaited }: Failures): Progress {
  return { counts: { ...counts, deadLettered: Math.max(0, counts.deadLettered - awaited) }, bytes };
}

/** A dry run writes nothing. */
function nowhere(): Sink {
  return { name: 'nowhere', write: () => Promise.resolve(), close: () => Promise.resolve() };
}
