import { scaledLoads, type Loads } from './loads.js';
import type { SampledRow } from './sample-run.js';
import type { CascadeStepName, StageForecast } from './stage-forecast.js';

/** The share of a cascade's rows that move on from one step to the next, and how it is known. */
export interface MovingOn extends CascadeStepName {
  /** 0 to 1. */
  readonly share: number;
  readonly from: 'sample' | 'journal' | 'assumed';
  /** The answers of the step before that were judged, and how many of them were not accepted. Zero: the share is assumed. */
  readonly judged: number;
  readonly moved: number;
}

/**
 * Returns the share for each step but the first: from the sample's rows, else from the answers in the journal. Without either,
 * all rows are assumed to move on, so that a bill is too high rather than too low.
 *
 * @param forecasts include the sampled rows
 */
export function movingOn(
  forecasts: readonly StageForecast[],
  sampled: readonly SampledRow[],
): ReadonlyMap<StageForecast, MovingOn> {
  const found = new Map<StageForecast, MovingOn>();
  for (const [i, forecast] of forecasts.entries()) {
    const { ofCascade } = forecast;
    const before = forecasts[i - 1];
    if (ofCascade === undefined || ofCascade.step === 1 || before === undefined) continue;
    const asked = sampled.filter(({ stages }) => stages.some(({ stage }) => stage === before.stage));
    const known = asked.length > 0 ? ofSample(asked, forecast.stage) : ofJournal(before, forecast);
    const { judged, moved } = known;
    found.set(forecast, { ...ofCascade, ...known, share: judged === 0 ? 1 : Math.min(1, moved / judged) });
  }
  return found;
}

function ofSample(asked: readonly SampledRow[], stage: string): Pick<MovingOn, 'from' | 'judged' | 'moved'> {
  const moved = asked.filter(({ stages }) => stages.some((one) => one.stage === stage)).length;
  return { from: 'sample', judged: asked.length, moved };
}

function ofJournal(before: StageForecast, forecast: StageForecast): Pick<MovingOn, 'from' | 'judged' | 'moved'> {
  const { calls, journaled, duplicates, unfit } = forecast;
  return before.journaled === 0
    ? { from: 'assumed', judged: 0, moved: 0 }
    : { from: 'journal', judged: before.journaled, moved: calls + journaled + duplicates + unfit };
}

/** The expected calls of a cascade's step for events that wait at earlier steps. The worst case counts all of them. */
export interface ExpectedCalls {
  readonly calls: number;
  readonly unpriced: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly likely: number;
  readonly worstTokens: number;
  readonly worst: bigint;
  readonly mending: bigint;
  readonly loads: readonly Loads[];
}

export function expectedIfMovedOn(
  forecast: StageForecast,
  forecasts: readonly StageForecast[],
  shares: ReadonlyMap<StageForecast, MovingOn>,
): ExpectedCalls {
  const { ofCascade, ifMovedOn } = forecast;
  const parts = [...ifMovedOn].map(([waitsAt, sums]) => {
    // From each step to the next, up to this one.
    const share = forecasts.reduce((product, { ofCascade: one }, i) => {
      const isBetween =
        one !== undefined && one.stage === ofCascade?.stage && one.step > waitsAt && one.step <= ofCascade.step;
      const step = forecasts[i];
      return isBetween && step !== undefined ? product * (shares.get(step)?.share ?? 1) : product;
    }, 1);
    return { share, sums };
  });
  const sum = (of: (part: (typeof parts)[number]) => number): number => parts.reduce((all, part) => all + of(part), 0);
  return {
    calls: sum(({ share, sums }) => share * sums.calls),
    unpriced: sum(({ share, sums }) => share * sums.unpriced),
    inputTokens: sum(({ share, sums }) => share * sums.inputTokens),
    outputTokens: sum(({ share, sums }) => share * sums.outputTokens),
    likely: sum(({ share, sums }) => share * Number(sums.likely)),
    worstTokens: sum(({ sums }) => sums.worstTokens),
    worst: parts.reduce((all, { sums }) => all + sums.worst, 0n),
    mending: parts.reduce((all, { sums }) => all + sums.mending, 0n),
    loads: parts.map(({ share, sums }) => scaledLoads(sums.loads, share)),
  };
}
