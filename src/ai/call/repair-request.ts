import type { Draft } from '../journal/index.js';
import { NO_TOKENS } from '../money/index.js';
import type { ProviderRequest } from '../provider/index.js';
import type { Message } from '../request/index.js';
import type { ProviderLane } from './provider-lane.js';

/** The second cap of a truncated answer. */
const LARGER_CAP_FACTOR = 4;
/** A token of an answer is about so many bytes when it is sent back. */
const BYTES_PER_TOKEN = 4;
/** What is wrong with an answer is said in about so many bytes. */
const PROBLEM_BYTES = 200;

/** The request that is to mend a first answer. */
export function repairRequest(request: ProviderRequest, draft: Draft, capMax: number): ProviderRequest {
  if (draft.kind === 'truncated') {
    return { ...request, maxOutputTokens: Math.min(capMax, request.maxOutputTokens * LARGER_CAP_FACTOR) };
  }
  const correction = `That answer is not valid: ${draft.problem}. Answer again, with nothing but JSON that satisfies the schema.`;
  const said: Message[] = draft.text.trim() === '' ? [] : [{ role: 'assistant', content: draft.text }];
  return { ...request, messages: [...request.messages, ...said, { role: 'user', content: correction }] };
}

/** The largest output cap that any of the lanes takes. */
export function largestCap(lanes: readonly ProviderLane[], model: string): number {
  return Math.max(...lanes.map((lane) => lane.settingsOf(model)?.max_output_tokens ?? Infinity));
}

/** The requests that {@link repairRequest} may come to, whatever the first answer will be: for a bill that is made out before. */
export function secondRequests(request: ProviderRequest, capMax: number): readonly ProviderRequest[] {
  const tally = { attempts: 1, cost: 0n, tokens: NO_TOKENS, latencyMs: 0 };
  const longer = request.maxOutputTokens < capMax ? [repairRequest(request, { kind: 'truncated', tally }, capMax)] : [];
  if (request.schema === undefined) return longer;
  const text = '.'.repeat(request.maxOutputTokens * BYTES_PER_TOKEN);
  const problem = '.'.repeat(PROBLEM_BYTES);
  return [...longer, repairRequest(request, { kind: 'invalid', text, problem, tally }, capMax)];
}
