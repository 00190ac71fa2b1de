import type { Draft } from '../journal/index.js';
import { NO_TOKENS } from '../money/index.js';
import type { ProviderRequest } from '../provider/index.js';
import type { Message } from '../request/index.js';
import type { ProviderLane } from './provider-lane.js';

/** The factor by which the second cap of a truncated answer is larger. */
const LARGER_CAP_FACTOR = 4;
/** Approximate bytes per token of an answer that is sent back. */
const BYTES_PER_TOKEN = 4;
/** Approximate bytes of the description of an answer's problem. */
const PROBLEM_BYTES = 200;

/** The request that repairs a first answer; at another provider, the same. */
export function repairRequest(request: ProviderRequest, draft: Draft, capMax: number): ProviderRequest {
  if (draft.kind === 'elsewhere') return request;
  if (draft.kind === 'truncated') {
    return { ...request, maxOutputTokens: Math.min(capMax, request.maxOutputTokens * LARGER_CAP_FACTOR) };
  }
  const correction = `That answer is not valid: ${draft.problem}. Answer again, with nothing but JSON that satisfies the schema.`;
  const said: Message[] = draft.text.trim() === '' ? [] : [{ role: 'assistant', content: draft.text }];
  return { ...request, messages: [...request.messages, ...said, { role: 'user', content: correction }] };
}

/** The largest output cap of the lanes. */
export function largestCap(lanes: readonly ProviderLane[], model: string): number {
  return Math.max(...lanes.map((lane) => lane.settingsOf(model)?.max_output_tokens ?? Infinity));
}

/** All requests that {@link repairRequest} may return for any first answer, for estimates. */
export function secondRequests(request: ProviderRequest, capMax: number): readonly ProviderRequest[] {
  if (request.embedding !== undefined) return [];
  const tally = { attempts: 1, cost: 0n, tokens: NO_TOKENS, latencyMs: 0 };
  const longer = request.maxOutputTokens < capMax ? [repairRequest(request, { kind: 'truncated', tally }, capMax)] : [];
  if (request.schema === undefined) return longer;
  const text = '.'.repeat(request.maxOutputTokens * BYTES_PER_TOKEN);
  const problem = '.'.repeat(PROBLEM_BYTES);
  return [...longer, repairRequest(request, { kind: 'invalid', text, problem, tally }, capMax)];
}
