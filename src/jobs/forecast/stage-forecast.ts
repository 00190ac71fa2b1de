import type { Nano } from '../../ai/index.js';
import { addLoad, type Loads, type PossibleCall } from './loads.js';

/** The forecast for one AI stage, summed over the events that reach it. */
export interface StageForecast {
  readonly stage: string;
  /** Calls that would be made. */
  calls: number;
  /** How many of the calls go to a model without a known price: no cost includes them. */
  unpriced: number;
  /** Answered by the journal, at no cost. */
  journaled: number;
  /** Equal to an earlier request, and answered together with it (`dedupe`). */
  duplicates: number;
  /** Requests that no provider can serve. */
  unfit: number;
  /** Events that stop here for now, because what follows depends on the answer. */
  awaiting: number;
  inputTokens: number;
  outputTokens: number;
  worstTokens: number;
  likely: Nano;
  worst: Nano;
  /** Approximately the most that repairs of answers can add. */
  mending: Nano;
  readonly loads: Loads;
}

export function stageForecast(stage: string): StageForecast {
  return {
    stage,
    calls: 0,
    unpriced: 0,
    journaled: 0,
    duplicates: 0,
    unfit: 0,
    awaiting: 0,
    inputTokens: 0,
    outputTokens: 0,
    worstTokens: 0,
    likely: 0n,
    worst: 0n,
    mending: 0n,
    loads: new Map(),
  };
}

/** Adds a call to the counts, or, with −1, removes it. */
export function addCall(forecast: StageForecast, call: PossibleCall, times: 1 | -1 = 1): void {
  const { tokens, cost } = call;
  const factor = BigInt(times);
  forecast.calls += times;
  if (cost.likely === null) forecast.unpriced += times;
  forecast.inputTokens += times * tokens.likelyInput;
  forecast.outputTokens += times * tokens.likelyOutput;
  forecast.worstTokens += times * tokens.worst;
  forecast.likely += factor * (cost.likely ?? 0n);
  forecast.worst += factor * (cost.worst ?? 0n);
  forecast.mending += factor * (cost.mending ?? 0n);
  addLoad(forecast.loads, call, times);
}
