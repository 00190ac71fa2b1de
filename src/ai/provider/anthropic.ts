import type { BillableTokens } from '../money/index.js';
import { ANSWER_TOOL } from './answer-mode.js';
import type { Wire } from './wire.js';
import { anthropicBatches } from './anthropic-batch.js';
import { messageBodies } from './anthropic-bodies.js';
import { messageAssembly } from './anthropic-stream.js';
import type { Finish } from './provider.js';
import { withEffort } from './anthropic-effort.js';
import { answerParts, partsOfType, textUnder, toolCall, type ToolCall } from './answer-parts.js';
import { refusedByMessages } from './media.js';
import { at, countAt, isObject, listAt, partsText, textAt } from './read-json.js';
import { INVALID, OUT_OF_CREDIT, rateLimited, TOO_LARGE, type Verdict } from './verdict.js';

/** Anthropic's messages. */
export const anthropic: Wire = {
  kind: 'anthropic',
  baseUrl: 'https://api.anthropic.com/v1',
  needsKey: true,
  batches: anthropicBatches,
  requestIdHeader: 'request-id',
  vendor: () => ({ id: 'anthropic' }),
  telemetryName: 'anthropic',
  knows: (model) => model.startsWith('claude-'),
  async model(settings, modelId) {
    const { createAnthropic } = await import('@ai-sdk/anthropic');
    return createAnthropic({ apiKey: settings.apiKey, baseURL: settings.baseUrl, fetch: settings.fetch }).messages(
      modelId,
    );
  },
  // The library chooses between a format and a function by model and schema, and reduces the schema to what is accepted.
  schemaModes: ['json_schema', 'tool', 'prompt'],
  adapt({ responseFormat, ...options }, request, answer) {
    // The API has no format for arbitrary JSON.
    const isBound = responseFormat !== undefined && answer?.sent !== undefined;
    const structuredOutputMode = answer?.mode === 'strict' ? 'outputFormat' : 'auto';
    // Arguments that are streamed early may be truncated in a complete answer.
    const anthropicOptions = { toolStreaming: false, ...(isBound && { structuredOutputMode }) };
    const asked = { ...options, ...(isBound && { responseFormat }), providerOptions: { anthropic: anthropicOptions } };
    return withEffort(asked, request);
  },
  caches: 'marks',
  cacheRates: { read: 10n, write: 125n, writeHour: 200n },
  refusesMedia: refusedByMessages,
  assembly: messageAssembly,
  streamsMayLack: { endMark: false, usage: false },
  read(body) {
    const content = at(body, 'content');
    const text = Array.isArray(content) ? partsText(content.map(textPart)) : undefined;
    if (text === undefined) return undefined;
    const rawUsage = at(body, 'usage');
    const tier = textAt(rawUsage, 'service_tier');
    const thoughts = textUnder(partsOfType(listAt(body, 'content'), 'thinking'), 'thinking');
    return {
      text,
      parts: answerParts(thoughts, toolCallsOf(body)),
      finish: finishOf(body, text),
      model: textAt(body, 'model'),
      tokens: tokensOf(rawUsage),
      rawUsage: rawUsage ?? null,
      otherTariff: tier === undefined || tier === 'standard' ? undefined : tier,
    };
  },
  classify,
  errorText: (body) => textAt(body, 'error', 'message'),
  bodies: messageBodies,
};

/** The library's name for the tool that older models get: its input has the schema, and is the answer. */
const SCHEMA_TOOL = 'json';

function toolCallsOf(body: unknown): readonly ToolCall[] {
  return partsOfType(listAt(body, 'content'), 'tool_use')
    .filter((block) => !isAnswer(block))
    .map((block) => toolCall(textAt(block, 'id'), textAt(block, 'name'), at(block, 'input')));
}

function isAnswer(block: unknown): boolean {
  const name = at(block, 'name');
  return name === SCHEMA_TOOL || name === ANSWER_TOOL;
}

function textPart(block: unknown): unknown {
  if (at(block, 'type') === 'tool_use' && isAnswer(block)) {
    const input = at(block, 'input') ?? null;
    // A text is what a stream delivered of the input before it was truncated.
    return { text: typeof input === 'string' ? input : JSON.stringify(input) };
  }
  return isObject(block) && at(block, 'type') !== 'text' ? {} : block;
}

/** `input_tokens` excludes cached tokens; a token written to a cache is billed by its lifetime. */
function tokensOf(usage: unknown): BillableTokens | undefined {
  const input = countAt(usage, 'input_tokens');
  const cacheRead = countAt(usage, 'cache_read_input_tokens');
  const written = countAt(usage, 'cache_creation_input_tokens');
  const hour = countAt(usage, 'cache_creation', 'ephemeral_1h_input_tokens');
  const output = countAt(usage, 'output_tokens');
  if (at(usage, 'input_tokens') === undefined || at(usage, 'output_tokens') === undefined) return undefined;
  if (
    input === undefined ||
    cacheRead === undefined ||
    written === undefined ||
    hour === undefined ||
    output === undefined
  ) {
    return undefined;
  }
  return hour > written ? undefined : { input, cacheRead, cacheWrite: written - hour, cacheWriteHour: hour, output };
}

function finishOf(body: unknown, text: string): Finish {
  const reason = textAt(body, 'stop_reason');
  switch (reason) {
    case 'end_turn':
    case 'stop_sequence':
    case 'tool_use':
      return { kind: 'complete', reason };
    case 'max_tokens':
    case 'model_context_window_exceeded':
      return { kind: 'truncated', reason };
    case 'refusal':
      return { kind: 'refused', reason };
    case 'pause_turn':
      return { kind: 'unfinished', reason };
    default:
      return text === ''
        ? { kind: 'unfinished', reason: reason ?? 'no stop_reason' }
        : { kind: 'complete', reason: reason ?? null };
  }
}

function classify(status: number, body: unknown, retryAfterMs: number | undefined): Verdict | undefined {
  const message = textAt(body, 'error', 'message') ?? '';
  if (status === 429) {
    const spent = textAt(body, 'error', 'details', 'error_code') === 'enforced_spend_limit_reached';
    return spent ? OUT_OF_CREDIT : rateLimited(retryAfterMs);
  }
  if (status === 402 && textAt(body, 'error', 'type') === 'billing_error') return OUT_OF_CREDIT;
  if (status === 400) {
    if (/reached your specified API usage limits|credit balance is too low/i.test(message)) return OUT_OF_CREDIT;
    if (/prompt is too long|exceed context limit/i.test(message)) return TOO_LARGE;
    return INVALID;
  }
  return undefined;
}
