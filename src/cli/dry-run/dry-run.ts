import type { BlockOptions } from '../../pipeline/index.js';
import { EXIT } from '../exit-codes.js';
import { openEngine } from '../run/engine.js';
import type { DryRunPlan, RunPlan } from '../run/plan.js';
import { onSignals } from '../run/signals.js';
import { writeStderr } from '../run/stderr.js';
import { billOf, type Bill } from './bill.js';
import { billJson } from './bill-json.js';
import { billText } from './bill-text.js';
import { collectFailures } from './failures.js';
import { passThrough } from './pass-through.js';

/** `colloquium run --dry-run`: everything but the calls and the writing, and then the bill. */
export async function dryRun(plan: RunPlan, { sample }: DryRunPlan, tell: (message: string) => void): Promise<number> {
  const reading = new AbortController();
  const drains = [(): void => reading.abort()];
  const signals = onSignals(() => drains.forEach((drain) => drain()));
  const bill = await billFor(plan, sample, reading, (drain) => drains.push(drain), tell);
  writeStderr(plan.stats === 'json' ? billJson(bill) : billText(bill));
  return signals.code() ?? (bill.failed > 0 ? EXIT.someFailed : EXIT.ok);
}

async function billFor(
  plan: RunPlan,
  sample: number,
  reading: AbortController,
  onDrain: (drain: () => void) => void,
  tell: (message: string) => void,
): Promise<Bill> {
  // What fails is counted and told, whatever `on_error` and `--strict` would make of it.
  const pipeline = { ...plan.pipeline, onError: { kind: 'dead_letter' } } as const;
  const block: BlockOptions = { ...plan.block, strict: false, rawMax: 0, pipeline };
  if (plan.ai === undefined) return withoutCalls(plan, block, reading);
  const { withForecast } = await import('./with-forecast.js');
  return withForecast({ plan, run: plan.ai, block, sampleSize: sample, reading, onDrain, tell });
}

async function withoutCalls(
  plan: RunPlan,
  { pipeline, ...block }: BlockOptions,
  reading: AbortController,
): Promise<Bill> {
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
