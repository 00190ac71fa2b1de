import type { WireAnswer } from './wire.js';
import { openaiTokens } from './openai-usage.js';
import type { Finish } from './provider.js';
import { at, isObject, partsText, textAt } from './read-json.js';
import {
  INVALID,
  MODEL_NOT_FOUND,
  NOT_ENOUGH_CREDIT,
  OUT_OF_CREDIT,
  rateLimited,
  TOO_LARGE,
  type Verdict,
} from './verdict.js';

/** The meaning of chat completions, at OpenAI and compatible servers. */

const OUT_OF_CREDIT_CODES = new Set([
  'insufficient_quota',
  'credit_balance_exhausted',
  'organization_spend_limit_exceeded',
  'project_spend_limit_exceeded',
  'organization_usage_limit_exceeded',
]);

export function readChat(body: unknown): WireAnswer | undefined {
  const choice = at(body, 'choices', 0);
  if (!isObject(at(choice, 'message'))) return undefined;
  const content = at(choice, 'message', 'content');
  const text = typeof content === 'string' ? content : partsText(content);
  if (text === undefined) return undefined;
  const rawUsage = at(body, 'usage');
  const tier = textAt(body, 'service_tier');
  return {
    text,
    finish: finishOf(choice),
    model: textAt(body, 'model'),
    tokens: openaiTokens(rawUsage),
    rawUsage: rawUsage ?? null,
    otherTariff: tier === undefined || ['default', 'auto', 'standard', 'scale'].includes(tier) ? undefined : tier,
  };
}

function finishOf(choice: unknown): Finish {
  const refusal = textAt(choice, 'message', 'refusal');
  if (refusal !== undefined && refusal !== '') return { kind: 'refused', reason: refusal.slice(0, 200) };
  const reason = textAt(choice, 'finish_reason');
  switch (reason) {
    case 'stop':
      return { kind: 'complete' };
    case 'length':
      return { kind: 'truncated', reason };
    case 'content_filter':
      return { kind: 'filtered', reason };
    default:
      return { kind: 'unfinished', reason: reason ?? 'no finish_reason' };
  }
}

export function classifyChat(status: number, body: unknown, retryAfterMs: number | undefined): Verdict | undefined {
  const code = textAt(body, 'error', 'code') ?? '';
  const type = textAt(body, 'error', 'type') ?? '';
  const message = textAt(body, 'error', 'message') ?? '';
  if (status === 429) {
    if (OUT_OF_CREDIT_CODES.has(code) || type === 'insufficient_quota') return OUT_OF_CREDIT;
    // "Request too large … Limit X, Requested Y" has the code of a temporary rate limit but never succeeds.
    if (/request too large/i.test(message)) return TOO_LARGE;
    return rateLimited(retryAfterMs);
  }
  if (status === 402) {
    const isSpent = /insufficient (?:credit|balance|fund|quota)/i.test(message) && !/fewer max_tokens/i.test(message);
    return isSpent ? OUT_OF_CREDIT : NOT_ENOUGH_CREDIT;
  }
  if (status === 400) {
    if (code === 'context_length_exceeded') return TOO_LARGE;
    if (code === 'model_not_found') return MODEL_NOT_FOUND;
    return INVALID;
  }
  // The key is valid, but not for this model.
  if (status === 403 && [code, type].includes('model_not_found')) return MODEL_NOT_FOUND;
  if (status === 403 && /does not have access to (?:the )?model/i.test(message)) return MODEL_NOT_FOUND;
  return undefined;
}

export function chatErrorText(body: unknown): string | undefined {
  return textAt(body, 'error', 'message') ?? textAt(body, 'error') ?? textAt(body, 'message');
}
