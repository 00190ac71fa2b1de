import type { Json, JsonObject } from 'computo-js';
import { parseJson } from '../../json/index.js';
import type { Ending, Tally } from '../journal/index.js';
import { dollars, inputTokens, totalTokens } from '../money/index.js';
import type { CallFailureCode, CallResult, Usage } from './call.js';

/** The caller's result of an ended call. `response`: the answer's value. */
export function resultOf(ending: Ending, response: Json, cached: boolean): CallResult {
  if (ending.kind === 'failed') {
    const { message, provider, text } = ending;
    return { kind: 'failed', code: codeOf(ending.code), message, provider, answer: text, cached };
  }
  const { provider, model, finish = null, parts, tally } = ending;
  const { reasoning, tool_calls, logprobs } = parts === undefined ? {} : (parseJson(parts) as JsonObject);
  return {
    kind: 'answered',
    provider,
    model,
    // An answer that only requests tool calls has no response.
    response: tool_calls !== undefined && ending.text.trim() === '' ? null : response,
    finish_reason: finish,
    ...(reasoning !== undefined && { reasoning }),
    ...(tool_calls !== undefined && { tool_calls }),
    ...(logprobs !== undefined && { logprobs }),
    usage: usageOf(tally),
    cost_usd: tally.cost === null ? null : dollars(tally.cost),
    latency_ms: tally.latencyMs,
    attempts: tally.attempts,
    cached,
  };
}

/** The ending for a stage that keeps truncated answers if they satisfy its schema. */
export function keptEnding(ending: Ending, satisfies: (text: string) => boolean): Ending {
  if (ending.kind === 'answered' || ending.code !== 'truncated') return ending;
  const { provider, model, text, finish, tally } = ending;
  if (text === undefined || model === undefined || !satisfies(text)) return ending;
  return { kind: 'answered', provider, model, text, finish, tally };
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

/** The code of a paid failure in the journal. */
export function codeOf(code: string): CallFailureCode {
  return PAID_FAILURES.find((known) => known === code) ?? 'provider_error';
}
