import { untilEpochMs, waitInWords } from '../limit/index.js';
import type { SchemaMode } from '../schema/index.js';
import { ANSWER_TOOL } from './answer-mode.js';
import type { WireAnswer } from './wire.js';
import { openaiTokens } from './openai-usage.js';
import type { Finish, ProviderRequest } from './provider.js';
import { answerParts, toolCall, type ToolCall } from './answer-parts.js';
import { at, errorStatus, isObject, listAt, partsText, textAt } from './read-json.js';
import {
  CONTENT_FILTERED,
  INVALID,
  MODEL_NOT_FOUND,
  NOT_ENOUGH_CREDIT,
  OUT_OF_CREDIT,
  rateLimited,
  TOO_LARGE,
  type Verdict,
} from './verdict.js';

// The meaning of chat completions, at OpenAI and compatible servers.

/** OpenAI's modes, which are also the reference for compatible servers. */
export const OPENAI_MODES: readonly SchemaMode[] = ['strict', 'json_schema', 'json_object', 'prompt'];

const OUT_OF_CREDIT_CODES = new Set([
  'insufficient_quota',
  'credit_balance_exhausted',
  'organization_spend_limit_exceeded',
  'project_spend_limit_exceeded',
  'organization_usage_limit_exceeded',
  'billing_not_active',
]);

export function readChat(body: unknown): WireAnswer | undefined {
  const choice = at(body, 'choices', 0);
  if (!isObject(at(choice, 'message'))) return undefined;
  const content = at(choice, 'message', 'content');
  const given = answerGiven(choice);
  const text = given ?? (typeof content === 'string' ? content : partsText(content));
  if (text === undefined) return undefined;
  const rawUsage = at(body, 'usage');
  const tier = textAt(body, 'service_tier');
  const calls = toolCallsOf(choice);
  // Servers use either of two names.
  const reasoning = textAt(choice, 'message', 'reasoning_content') ?? textAt(choice, 'message', 'reasoning');
  return {
    text,
    parts: answerParts(reasoning, calls, at(choice, 'logprobs')),
    finish: given === undefined ? finishOf(choice, text, calls) : finishOfGiven(choice, given),
    model: textAt(body, 'model'),
    tokens: openaiTokens(rawUsage),
    rawUsage: rawUsage ?? null,
    otherTariff: tier === undefined || ['default', 'auto', 'standard', 'scale'].includes(tier) ? undefined : tier,
  };
}

/** The answer as the arguments of the function that stands for its schema. */
function answerGiven(choice: unknown): string | undefined {
  const call = listAt(choice, 'message', 'tool_calls').find(isAnswer);
  return textAt(call, 'function', 'arguments');
}

function isAnswer(call: unknown): boolean {
  return textAt(call, 'function', 'name') === ANSWER_TOOL;
}

/** The finish of such an answer, which the function call completes. */
function finishOfGiven(choice: unknown, given: string): Finish {
  const reason = textAt(choice, 'finish_reason');
  return reason === 'tool_calls' || reason === 'function_call'
    ? { kind: 'complete', reason }
    : finishOf(choice, given, []);
}

function toolCallsOf(choice: unknown): readonly ToolCall[] {
  return listAt(choice, 'message', 'tool_calls')
    .filter((call) => !isAnswer(call))
    .map((call) => toolCall(textAt(call, 'id'), textAt(call, 'function', 'name'), at(call, 'function', 'arguments')));
}

function finishOf(choice: unknown, text: string, calls: readonly ToolCall[]): Finish {
  const refusal = textAt(choice, 'message', 'refusal');
  if (refusal !== undefined && refusal !== '') return { kind: 'refused', reason: refusal.slice(0, 200) };
  const reason = textAt(choice, 'finish_reason');
  switch (reason) {
    case 'length':
      return { kind: 'truncated', reason };
    case 'content_filter':
      return { kind: 'filtered', reason };
    case 'stop':
      return { kind: 'complete', reason };
    case 'tool_calls':
    case 'function_call':
      return { kind: calls.length > 0 ? 'complete' : 'unfinished', reason };
    default:
      // Compatible servers have words of their own, or none: `eos`, `end_turn`, an empty text.
      return text === '' && calls.length === 0
        ? { kind: 'unfinished', reason: reason ?? 'no finish_reason' }
        : { kind: 'complete', reason: reason ?? null };
  }
}

/** The library's option for how much a model thinks. */
export function effortOf({ reasoning_effort: effort }: ProviderRequest): { readonly reasoningEffort?: string } {
  return effort === undefined ? {} : { reasoningEffort: effort };
}

/** The status of an error in an answer's choice, which its code gives: the server behind a gateway died. */
export function choiceError(body: unknown): number | undefined {
  const choice = at(body, 'choices', 0);
  const error = at(choice, 'error') ?? undefined;
  if (error === undefined && textAt(choice, 'finish_reason') !== 'error') return undefined;
  return errorStatus(error, 502);
}

export function classifyChat(
  status: number,
  body: unknown,
  retryAfterMs: number | undefined,
  now: number,
): Verdict | undefined {
  const code = textAt(body, 'error', 'code') ?? '';
  const type = textAt(body, 'error', 'type') ?? '';
  const message = chatErrorText(body) ?? '';
  if (status === 429) {
    if (OUT_OF_CREDIT_CODES.has(code) || OUT_OF_CREDIT_CODES.has(type)) return OUT_OF_CREDIT;
    // "Request too large … Limit X, Requested Y" has the code of a temporary rate limit but never succeeds.
    if (/request too large/i.test(message)) return TOO_LARGE;
    const reset = textAt(body, 'error', 'metadata', 'headers', 'X-RateLimit-Reset');
    return rateLimited(retryAfterMs ?? untilEpochMs(reset, now) ?? waitInWords(message));
  }
  if (status === 402) {
    const isSpent = /insufficient (?:credit|balance|fund|quota)/i.test(message) && !/fewer max_tokens/i.test(message);
    return isSpent ? OUT_OF_CREDIT : NOT_ENOUGH_CREDIT;
  }
  if (status === 400) {
    // Also in the words of vLLM and others, which have no code for it.
    if (code === 'context_length_exceeded' || /maximum context length/i.test(message)) return TOO_LARGE;
    if (code === 'content_filter') return CONTENT_FILTERED;
    if (code === 'model_not_found') return MODEL_NOT_FOUND;
    return INVALID;
  }
  // OpenRouter's moderation of one prompt.
  if (status === 403 && listAt(body, 'error', 'metadata', 'reasons').length > 0) return CONTENT_FILTERED;
  // The key is valid, but not for this model.
  if (status === 403 && [code, type].includes('model_not_found')) return MODEL_NOT_FOUND;
  if (status === 403 && /does not have access to (?:the )?model/i.test(message)) return MODEL_NOT_FOUND;
  return undefined;
}

export function chatErrorText(body: unknown): string | undefined {
  return (
    textAt(body, 'error', 'message') ??
    textAt(body, 'error') ??
    textAt(body, 'choices', 0, 'error', 'message') ??
    textAt(body, 'message') ??
    textAt(body, 'detail')
  );
}
