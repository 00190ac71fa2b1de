import { nextDayStart } from '../calendar.js';
import { goDurationMs, saneWaitMs } from '../limit/index.js';
import type { BillableTokens } from '../money/index.js';
import { forGoogle } from '../schema/index.js';
import { ANSWER_TOOL } from './answer-mode.js';
import type { Wire } from './wire.js';
import { googleBatches } from './google-batch.js';
import { refusesKey } from './google-key.js';
import { readGoogleVectors } from './embeddings.js';
import { contentBodies } from './google-bodies.js';
import { contentAssembly } from './google-stream.js';
import type { Finish } from './provider.js';
import { answerParts, textUnder, toolCall, type ToolCall } from './answer-parts.js';
import { withThinking } from './google-thinking.js';
import { at, countAt, isObject, listAt, partsText, textAt } from './read-json.js';
import { INVALID, NOT_AUTHORIZED, OUT_OF_CREDIT, rateLimited, TOO_LARGE, type Verdict } from './verdict.js';

/** Google resets daily quotas at midnight in this zone. */
const QUOTA_TIME_ZONE = 'America/Los_Angeles';

/** Google's Gemini. */
export const google: Wire = {
  kind: 'google',
  baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
  needsKey: true,
  requestIdHeader: 'x-goog-request-id',
  vendor: () => ({ id: 'google' }),
  telemetryName: 'gcp.gemini',
  knows: (model) => /^(models\/)?(gemini|gemma|learnlm)-/.test(model),
  async model(settings, modelId) {
    const { createGoogleGenerativeAI } = await import('@ai-sdk/google');
    return createGoogleGenerativeAI({ apiKey: settings.apiKey, baseURL: settings.baseUrl, fetch: settings.fetch }).chat(
      modelId,
    );
  },
  embeddings: {
    textsMax: 100,
    tokensMax: Infinity,
    async model({ apiKey, baseUrl: baseURL, fetch }, modelId) {
      const { createGoogleGenerativeAI } = await import('@ai-sdk/google');
      return createGoogleGenerativeAI({ apiKey, baseURL, fetch }).embedding(modelId.replace(/^models\//, ''));
    },
    options: (dimensions) => ({ google: { outputDimensionality: dimensions } }),
    read: readGoogleVectors,
  },
  schemaModes: ['json_schema', 'json_object', 'prompt'],
  schemaFor: (schema, mode) => (mode === 'tool' ? schema : forGoogle(schema)),
  adapt: withThinking,
  caches: 'prefix',
  batches: googleBatches,
  assembly: contentAssembly,
  streamsMayLack: { endMark: true, usage: false },
  read(body) {
    const blocked = textAt(body, 'promptFeedback', 'blockReason');
    const candidate = at(body, 'candidates', 0);
    if (candidate === undefined && blocked === undefined) return undefined;
    const text = candidate === undefined ? '' : textOf(candidate);
    if (text === undefined) return undefined;
    const rawUsage = at(body, 'usageMetadata');
    return {
      text,
      parts: answerParts(thoughtsOf(candidate), toolCallsOf(candidate), at(candidate, 'logprobsResult')),
      finish: candidate === undefined ? { kind: 'filtered', reason: blocked ?? '' } : finishOf(candidate, text),
      model: textAt(body, 'modelVersion'),
      tokens: tokensOf(rawUsage),
      rawUsage: rawUsage ?? null,
    };
  },
  classify,
  errorText: (body) => textAt(body, 'error', 'message'),
  bodies: contentBodies,
};

function thoughtsOf(candidate: unknown): string {
  const thoughts = listAt(candidate, 'content', 'parts').filter((part) => at(part, 'thought') === true);
  return textUnder(thoughts, 'text');
}

function toolCallsOf(candidate: unknown): readonly ToolCall[] {
  return listAt(candidate, 'content', 'parts').flatMap((part) => {
    const call = at(part, 'functionCall');
    return call === undefined || at(call, 'name') === ANSWER_TOOL
      ? []
      : [toolCall(textAt(call, 'id'), textAt(call, 'name'), at(call, 'args'))];
  });
}

/** A truncated or filtered candidate may have no content, and content no parts. */
function textOf(candidate: unknown): string | undefined {
  const content = at(candidate, 'content') ?? {};
  if (!isObject(candidate) || !isObject(content)) return undefined;
  const parts = at(content, 'parts');
  const given = listAt(parts).find((part) => at(part, 'functionCall', 'name') === ANSWER_TOOL);
  if (given !== undefined) return JSON.stringify(at(given, 'functionCall', 'args') ?? {});
  return partsText(Array.isArray(parts) ? parts.filter((part) => at(part, 'thought') !== true) : parts);
}

/** Thoughts are counted separately from the candidates; cached tokens are part of the prompt's count. */
function tokensOf(usage: unknown): BillableTokens | undefined {
  const prompt = countAt(usage, 'promptTokenCount');
  const tools = countAt(usage, 'toolUsePromptTokenCount');
  const cacheRead = countAt(usage, 'cachedContentTokenCount');
  const candidates = countAt(usage, 'candidatesTokenCount');
  const thoughts = countAt(usage, 'thoughtsTokenCount');
  if (at(usage, 'promptTokenCount') === undefined) return undefined;
  if (prompt === undefined || tools === undefined || cacheRead === undefined) return undefined;
  if (candidates === undefined || thoughts === undefined) return undefined;
  const input = prompt + tools - cacheRead;
  return input < 0 ? undefined : { input, cacheRead, cacheWrite: 0, cacheWriteHour: 0, output: candidates + thoughts };
}

function finishOf(candidate: unknown, text: string): Finish {
  const reason = textAt(candidate, 'finishReason');
  switch (reason) {
    case 'STOP':
      return { kind: 'complete', reason };
    case 'MAX_TOKENS':
    // The rest would have to be requested in another attempt.
    case 'CONTINUATION':
      return { kind: 'truncated', reason };
    case 'SAFETY':
    case 'RECITATION':
    case 'BLOCKLIST':
    case 'PROHIBITED_CONTENT':
    case 'SPII':
    case 'IMAGE_SAFETY':
    case 'LANGUAGE':
      return { kind: 'filtered', reason };
    case 'OTHER':
    case 'MALFORMED_FUNCTION_CALL':
    case 'UNEXPECTED_TOOL_CALL':
    case 'TOO_MANY_TOOL_CALLS':
      return { kind: 'unfinished', reason };
    default:
      return text === ''
        ? { kind: 'unfinished', reason: reason ?? 'no finishReason' }
        : { kind: 'complete', reason: reason ?? null };
  }
}

function classify(status: number, body: unknown, retryAfterMs: number | undefined, now: number): Verdict | undefined {
  if (status === 429) return classifyQuota(body, retryAfterMs, now);
  if (status !== 400) return undefined;
  const message = textAt(body, 'error', 'message') ?? '';
  if (refusesKey(body) || /User location is not supported/i.test(message)) return NOT_AUTHORIZED;
  return /exceeds the maximum number of tokens/i.test(message) ? TOO_LARGE : INVALID;
}

function classifyQuota(body: unknown, retryAfterMs: number | undefined, now: number): Verdict {
  const details = listAt(body, 'error', 'details');
  const retryDelay = details.map((detail) => textAt(detail, 'retryDelay')).find((text) => text !== undefined);
  const violations = details.flatMap((detail) => listAt(detail, 'violations'));
  // A quota of zero means that the account does not have this model.
  if (violations.some((violation) => Number(at(violation, 'quotaValue') ?? Number.NaN) === 0)) return OUT_OF_CREDIT;
  if (violations.some((violation) => textAt(violation, 'quotaId')?.includes('PerDay') === true)) {
    const delayMs = nextDayStart(now, QUOTA_TIME_ZONE) - now;
    return { code: 'quota_exhausted', outcome: { kind: 'provider-down-until', delayMs } };
  }
  return rateLimited(saneWaitMs(goDurationMs(retryDelay ?? '')) ?? retryAfterMs);
}
