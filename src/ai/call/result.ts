import type { Json } from 'computo-js';
import type { Ending, Tally } from '../journal/index.js';
import { dollars, inputTokens, totalTokens } from '../money/index.js';
import type { CallFailureCode, CallResult, Usage } from './call.js';

/** The caller's result of an ended call. `response`: the answer's value. */
export function resultOf(ending: Ending, response: Json, cached: boolean): CallResult {
  if (ending.kind === 'failed') {
    return { kind: 'failed', code: codeOf(ending.code), message: ending.message, provider: ending.provider, cached };
  }
  const { provider, model, tally } = ending;
  return {
    kind: 'answered',
    provider,
    model,
    response,
    usage: usageOf(tally),
    cost_usd: tally.cost === null ? null : dollars(tally.cost),
    latency_ms: tally.latencyMs,
    attempts: tally.attempts,
    cached,
  };
}

function usageOf({ tokens }: Tally): Usage {
  return {
    prompt_tokens: inputTokens(tokens),
    completion_tokens: tokens.output,
    total_tokens: totalTokens(tokens),
    cached_tokens: tokens.cacheRead,
  };
}

const PAID_FAILURES: readonly CallFailureCode[] = ['truncated', 'filtered', 'refused', 'unfinished', 'schema'];

function codeOf(code: string): CallFailureCode {
  return PAID_FAILURES.find((known) => known === code) ?? 'provider_error';
}
