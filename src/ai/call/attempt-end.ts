import type { AttemptEnd } from '../ledger/index.js';
import { costOf, type Nano, type Price } from '../money/index.js';
import type { ProviderAnswer, ProviderFailure, ProviderRequest } from '../provider/index.js';
import { roughTokens } from '../request/index.js';
import { billsOf, type LanePrices } from './lane-prices.js';

/** The ledger's record of an answered attempt. `time`: when it was sent; `worst`: its worst-case cost. */
export function endOf(
  answer: ProviderAnswer,
  lane: LanePrices,
  request: ProviderRequest,
  worst: Nano | null,
  time: number,
  latencyMs: number,
): AttemptEnd {
  const configured = lane.configuredPriceOf(request.model, answer.model);
  const bills = billsOf(request);
  const price = configured ?? lane.priceOf(answer.model, time, bills) ?? lane.priceOf(request.model, time, bills);
  const common = {
    outcome: answer.finish.kind === 'complete' ? 'answered' : answer.finish.kind,
    servedModel: answer.model,
    requestId: answer.requestId,
    status: 200,
    tokens: answer.tokens,
    rawUsage: answer.rawUsage,
    latencyMs,
  };
  if (answer.share !== undefined) return { ...common, billing: 'exact', cost: answer.share, bound: answer.share };
  if (answer.reportedCost !== undefined && configured === undefined) {
    return { ...common, billing: 'exact', cost: answer.reportedCost, bound: answer.reportedCost };
  }
  if (answer.tokens !== undefined && answer.otherTariff === undefined) {
    const cost = price && costOf(price, answer.tokens);
    return { ...common, billing: 'exact', cost, bound: cost };
  }
  return { ...common, billing: 'estimated', cost: price && guess(price, answer, request), bound: worst };
}

function guess(price: Price, answer: ProviderAnswer, request: ProviderRequest): Nano {
  const output = Math.min(request.maxOutputTokens, Math.ceil(answer.text.length / 4));
  const tokens = answer.tokens ?? {
    input: roughTokens(request),
    cacheRead: 0,
    cacheWrite: 0,
    cacheWriteHour: 0,
    output,
  };
  return costOf(price, tokens);
}

/** The ledger's record of a failed attempt. */
export function endOfFailure(failure: ProviderFailure, worst: Nano | null, latencyMs: number): AttemptEnd {
  const { code, status, requestId } = failure;
  const common = { outcome: code, status, requestId, latencyMs };
  return failure.billing === 'none'
    ? { ...common, billing: 'exact', cost: 0n, bound: 0n }
    : { ...common, billing: 'unknown', cost: 0n, bound: worst };
}
