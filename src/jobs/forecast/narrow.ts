import { estimateRest, rangeOf, type Range, type RestEstimate } from './extrapolate.js';
import type { SampledRow, StageActual } from './sample-run.js';
import type { StageForecast } from './stage-forecast.js';

/** The estimate of a stage's remaining calls, based on the sample. */
export interface Narrowed {
  readonly calls: Range;
  readonly inputTokens: Range;
  readonly outputTokens: Range;
  /** Nano-dollars. */
  readonly cost: Range;
}

export interface NarrowedBill {
  readonly byStage: ReadonlyMap<string, Narrowed>;
  /** Nano-dollars, over all stages. */
  readonly cost: Range;
}

/** Rows that wait for an answer at the same stage: similar enough to be estimated together. */
interface Stratum {
  readonly index: number;
  readonly calls: number;
  /** Expected tokens of the calls, which determine the cost. */
  readonly weight: number;
  /** Events per call: with `dedupe` equal requests are one call, but afterwards each event continues separately. */
  readonly eventsPerCall: number;
  readonly seen: readonly SampledRow[];
}

/**
 * Narrows the forecast by the sample: for each stage, from the rows that wait there and from those that wait before it.
 *
 * @param forecasts the forecasts of all AI stages in order, including the sampled rows
 */
export function narrow(forecasts: readonly StageForecast[], rows: readonly SampledRow[]): NarrowedBill {
  const strata: Stratum[] = forecasts.flatMap(({ stage, calls, awaiting, inputTokens, outputTokens }, index) => {
    const seen = rows.filter(({ candidate }) => candidate.stage === stage);
    return calls === 0
      ? []
      : [{ index, calls, weight: inputTokens + outputTokens, eventsPerCall: awaiting / calls, seen }];
  });

  const byStage = forecasts.map(({ stage }, index): [string, Narrowed] => {
    const reaching = strata.filter((stratum) => stratum.index <= index);
    const range = (quantity: (actual: StageActual) => number): Range =>
      rangeOf(reaching.map((stratum) => restOf(stratum, (row) => sumAt(row, stage, quantity), index)));
    const calls = reaching.map((stratum) =>
      stratum.index === index ? exactly(stratum.calls - stratum.seen.length) : callsAfter(stratum, stage),
    );
    return [
      stage,
      {
        calls: rangeOf(calls),
        inputTokens: range((actual) => actual.inputTokens),
        outputTokens: range((actual) => actual.outputTokens),
        cost: range((actual) => actual.cost),
      },
    ];
  });

  const total = strata.map((stratum) =>
    restOf(stratum, ({ candidate, stages }) =>
      stages.reduce((sum, { stage, cost }) => sum + cost * (stage === candidate.stage ? 1 : stratum.eventsPerCall), 0),
    ),
  );
  return { byStage: new Map(byStage), cost: rangeOf(total) };
}

/** @param atStage the index of the stage that the values belong to; undefined: they cover all stages, and are already multiplied */
function restOf(stratum: Stratum, valueOf: (row: SampledRow) => number, atStage = stratum.index): RestEstimate {
  const copies = atStage === stratum.index ? 1 : stratum.eventsPerCall;
  const sample = stratum.seen.map((row) => ({ weight: weightOf(row), value: valueOf(row) }));
  return estimateRest({ count: stratum.calls * copies, weight: stratum.weight * copies }, sample);
}

/** Here each row weighs the same, because it only matters whether the row continues. */
function callsAfter({ calls, eventsPerCall, seen }: Stratum, stage: string): RestEstimate {
  const events = calls * eventsPerCall;
  const sample = seen.map((row) => ({ weight: 1, value: sumAt(row, stage, () => 1) }));
  return estimateRest({ count: events, weight: events }, sample);
}

function exactly(count: number): RestEstimate {
  return { likely: count, variance: 0, degreesOfFreedom: 0 };
}

function weightOf({ candidate: { call } }: SampledRow): number {
  return call.tokens.likelyInput + call.tokens.likelyOutput;
}

function sumAt({ stages }: SampledRow, at: string, quantity: (actual: StageActual) => number): number {
  return stages.reduce((sum, actual) => (actual.stage === at ? sum + quantity(actual) : sum), 0);
}
