import type { Nano } from '../../ai/index.js';
import { addLoad, type Loads, type PossibleCall } from './loads.js';

/** Calls that may be made, summed up. */
export interface CallSums {
  calls: number;
  /** How many of the calls go to a model without a known price: no cost includes them. */
  unpriced: number;
  inputTokens: number;
  outputTokens: number;
  worstTokens: number;
  likely: Nano;
  worst: Nano;
  /** Approximately the most that repairs of answers can add. */
  mending: Nano;
  readonly loads: Loads;
}

/** What one AI stage, or a step of its cascade, would take, summed up over the events that reach it. */
export interface StageForecast extends CallSums {
  /** What people are told. */
  readonly stage: string;
  /** Of a step of a cascade: its stage, its place from 1, and its model. */
  readonly ofCascade: CascadeStepName | undefined;
  /** Answered by the journal, at no cost. */
  journaled: number;
  /** Equal to an earlier request, and answered together with it (`dedupe`). */
  duplicates: number;
  /** Requests that no provider can serve. */
  unfit: number;
  /** Events that stop here for now, because what follows depends on the answer. */
  awaiting: number;
  /** Calls of events that wait at an earlier step of the cascade, by that step: some of them will be made. */
  readonly ifMovedOn: Map<number, CallSums>;
}

export interface CascadeStepName {
  readonly stage: string;
  readonly step: number;
  readonly model: string;
}

export function stageForecast(stage: string, ofCascade?: CascadeStepName): StageForecast {
  return {
    ...noCalls(),
    stage,
    ofCascade,
    journaled: 0,
    duplicates: 0,
    unfit: 0,
    awaiting: 0,
    ifMovedOn: new Map(),
  };
}

function noCalls(): CallSums {
  return {
    calls: 0,
    unpriced: 0,
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
export function addCall(sums: CallSums, call: PossibleCall, times: 1 | -1 = 1): void {
  const { tokens, cost } = call;
  const factor = BigInt(times);
  sums.calls += times;
  if (cost.likely === null) sums.unpriced += times;
  sums.inputTokens += times * tokens.likelyInput;
  sums.outputTokens += times * tokens.likelyOutput;
  sums.worstTokens += times * tokens.worst;
  sums.likely += factor * (cost.likely ?? 0n);
  sums.worst += factor * (cost.worst ?? 0n);
  sums.mending += factor * (cost.mending ?? 0n);
  addLoad(sums.loads, call, times);
}

/** As {@link addCall}, of an event that waits at an earlier step. */
export function addIfMovedOn(forecast: StageForecast, waitsAt: number, call: PossibleCall, times: 1 | -1 = 1): void {
  const sums = forecast.ifMovedOn.get(waitsAt) ?? noCalls();
  forecast.ifMovedOn.set(waitsAt, sums);
  addCall(sums, call, times);
}
