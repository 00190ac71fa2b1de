import type { Nano } from '../../ai/index.js';
import type { Counts } from '../../pipeline/index.js';
import type { Range } from './extrapolate.js';
import { secondsAtLimits, type ForecastDuration, type ProviderLimits } from './loads.js';
import { narrow, type NarrowedBill } from './narrow.js';
import type { SampleResult } from './sample-run.js';
import { addCall, type StageForecast } from './stage-forecast.js';

/** The estimated cost of a run. Costs are in nano-dollars. */
export interface Bill {
  readonly pipeline: string;
  readonly input: number;
  readonly filtered: number;
  /** Events that passed all stages, with answers from the journal. */
  readonly finished: number;
  /** Events that will fail whatever the answers, including those that no provider can serve. */
  readonly failed: number;
  /** The first of these failures: where and why. */
  readonly examples: readonly string[];
  readonly stages: readonly BillStage[];
  readonly total: Omit<BillStage, 'stage' | 'more'>;
  /** The duration at the configured limits; undefined: there are none. With a sample, at least as long as its answers took. */
  readonly seconds: ForecastDuration | undefined;
  /** The number of calls in flight at a time. */
  readonly concurrency: number;
  /** What is left until the tightest cost limit; undefined: there is none. */
  readonly left: Nano | undefined;
  readonly sample: BillSample | undefined;
}

export interface BillStage {
  readonly stage: string;
  /** The calls that will be made, as far as can be foreseen. */
  readonly calls: number;
  /** The most further calls: events that wait for the answer of an earlier stage. */
  readonly more: number;
  readonly unpriced: number;
  readonly journaled: number;
  readonly duplicates: number;
  readonly unfit: number;
  readonly tokens: { readonly input: number; readonly output: number; readonly worst: number };
  readonly cost: {
    readonly likely: number;
    /** Derived from the sample, with 95 % confidence. */
    readonly range: Range | undefined;
    /** One attempt per foreseen call, with each answer as long as its cap. Undefined: some calls are known only from the sample. */
    readonly worst: Nano | undefined;
    readonly mending: Nano;
  };
}

export interface BillSample {
  readonly sent: number;
  readonly failed: number;
  readonly failures: readonly string[];
  readonly stopped: string | undefined;
  readonly spent: Nano;
}

/** The results of a dry run. */
export interface Findings {
  readonly pipeline: string;
  readonly counts: Readonly<Counts>;
  readonly awaited: number;
  readonly examples: readonly string[];
  /** The forecasts of all AI stages, in order. They include the sampled rows, which are subtracted here. */
  readonly forecasts: readonly StageForecast[];
  readonly limitsOf: (provider: string) => ProviderLimits;
  readonly concurrency: number;
  readonly left: Nano | undefined;
  readonly sample: { readonly result: SampleResult; readonly spent: Nano } | undefined;
}

export function billOf(findings: Findings): Bill {
  const { pipeline, counts, awaited, examples, forecasts, concurrency, left, sample } = findings;
  const narrowed = sample && narrow(forecasts, sample.result.rows);
  for (const { candidate } of sample?.result.rows ?? []) {
    const forecast = forecasts.find(({ stage }) => stage === candidate.stage);
    if (forecast !== undefined) addCall(forecast, candidate.call, -1);
  }
  const stages = forecasts.map((forecast, index) => stageOf(forecast, forecasts.slice(0, index), narrowed));
  const atLimits = secondsAtLimits(
    forecasts.map(({ loads }) => loads),
    findings.limitsOf,
  );
  return {
    pipeline,
    input: counts.input,
    filtered: counts.filtered,
    finished: counts.output + counts.unrouted,
    failed: counts.deadLettered - awaited,
    examples,
    stages,
    total: totalOf(stages, narrowed),
    seconds: slower(atLimits, sample?.result, sumOf(stages.map(({ calls }) => calls)) / concurrency),
    concurrency,
    left,
    sample: sample && {
      sent: sample.result.rows.length + sample.result.failed,
      failed: sample.result.failed,
      failures: sample.result.failures,
      stopped: sample.result.stopped,
      spent: sample.spent,
    },
  };
}

function stageOf(
  forecast: StageForecast,
  earlier: readonly StageForecast[],
  narrowed: NarrowedBill | undefined,
): BillStage {
  const { stage, unpriced, journaled, duplicates, unfit, worstTokens, worst, mending } = forecast;
  const waiting = sumOf(earlier.map(({ awaiting }) => awaiting));
  const known = narrowed?.byStage.get(stage);
  const common = { stage, unpriced, journaled, duplicates, unfit };
  if (known === undefined) {
    const { calls, inputTokens: input, outputTokens: output, likely } = forecast;
    const cost = { likely: Number(likely), range: undefined, worst, mending };
    return { ...common, calls, more: waiting, tokens: { input, output, worst: worstTokens }, cost };
  }
  return {
    ...common,
    calls: Math.round(known.calls.likely),
    more: 0,
    tokens: {
      input: Math.round(known.inputTokens.likely),
      output: Math.round(known.outputTokens.likely),
      worst: worstTokens,
    },
    cost: {
      likely: known.cost.likely,
      range: waiting === 0 ? atMost(known.cost, worst) : known.cost,
      worst: waiting === 0 ? worst : undefined,
      mending,
    },
  };
}

function totalOf(stages: readonly BillStage[], narrowed: NarrowedBill | undefined): Bill['total'] {
  const sum = (part: (stage: BillStage) => number): number => sumOf(stages.map(part));
  const add = (part: (stage: BillStage) => Nano): Nano => stages.reduce((total, stage) => total + part(stage), 0n);
  const isKnown = stages.every(({ cost }) => cost.worst !== undefined);
  const worst = isKnown ? add(({ cost }) => cost.worst ?? 0n) : undefined;
  return {
    calls: sum(({ calls }) => calls),
    unpriced: sum(({ unpriced }) => unpriced),
    journaled: sum(({ journaled }) => journaled),
    duplicates: sum(({ duplicates }) => duplicates),
    unfit: sum(({ unfit }) => unfit),
    tokens: {
      input: sum(({ tokens }) => tokens.input),
      output: sum(({ tokens }) => tokens.output),
      worst: sum(({ tokens }) => tokens.worst),
    },
    cost: {
      likely: sum(({ cost }) => cost.likely),
      range: narrowed && (worst === undefined ? narrowed.cost : atMost(narrowed.cost, worst)),
      worst,
      mending: add(({ cost }) => cost.mending),
    },
  };
}

function atMost({ low, likely, high }: Range, worst: Nano): Range {
  const most = Number(worst);
  return { low: Math.min(low, most), likely: Math.min(likely, most), high: Math.min(high, most) };
}

/** @param rounds how many answers follow one another */
function slower(
  atLimits: ForecastDuration | undefined,
  sample: SampleResult | undefined,
  rounds: number,
): ForecastDuration | undefined {
  const latencies = (sample?.rows ?? []).flatMap(({ stages }) => stages.map(({ latencyMs }) => latencyMs));
  if (latencies.length === 0) return atLimits;
  const seconds = (rounds * sumOf(latencies)) / latencies.length / 1000;
  return { likely: Math.max(atLimits?.likely ?? 0, seconds), worst: Math.max(atLimits?.worst ?? 0, seconds) };
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
