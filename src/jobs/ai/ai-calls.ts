import type { Json } from 'computo-js';
import {
  callKey,
  parseEmbedding,
  parseRequest,
  parseTags,
  type AiClient,
  type AnsweredCall,
  type AiCallOptions,
  type CallResult,
  type InDoubtPolicy,
  type JsonSchema,
  type ParsedRequest,
  type ParsedTags,
  type ReadPart,
  type Tags,
  type UniversalRequest,
} from '../../ai/index.js';
import type { AiCalls, AiEvent, AiOutcome, AiStagePlan } from '../../pipeline/index.js';

/** How a run makes its calls. */
export interface CallManner {
  /** Whether to ask providers again, whatever the journal holds. */
  readonly live: boolean;
  /** For stages that set no policy of their own. */
  readonly inDoubt: InDoubtPolicy;
  /** Reads the files that messages name. Default: no file is read. */
  readonly readPart?: ReadPart | undefined;
}

/** Adapts an AI client to the calls that a pipeline's stages make. */
export function aiCalls(client: AiClient, { live, inDoubt, readPart }: CallManner): AiCalls {
  const send: SendCall = async (request, stage, event) => {
    const context = { ...contextOf(stage, event), inDoubt: stage.inDoubt ?? inDoubt, live };
    return outcomeOf(await client.call(request, context));
  };
  return callsThat(readPart, send, async (request, stage, event) => {
    const known = await client.recall(request, contextOf(stage, event));
    return known && outcomeOf(known);
  });
}

/** The event that a call is made for, and the tags under which its cost is booked. */
type TaggedEvent = AiEvent & { readonly tags?: Tags | undefined };

type SendCall = (
  request: UniversalRequest,
  stage: AiStagePlan,
  event: TaggedEvent,
  fingerprint: string,
) => Promise<AiOutcome>;

/** Returns calls that pass valid requests to `send`, and fail for the others. The default `recall` knows no answers. */
export function callsThat(
  readPart: ReadPart | undefined,
  send: SendCall,
  recall: (request: UniversalRequest, stage: AiStagePlan, event: AiEvent) => Promise<AiOutcome | undefined> = () =>
    Promise.resolve(undefined),
): AiCalls {
  return {
    prepare(stage, value, made) {
      const parsed = parsedFor(stage, value, readPart);
      if (!parsed.ok) {
        const failed = invalid(parsed.problem);
        return { fingerprint: '', send: () => Promise.resolve(failed), recall: () => Promise.resolve(failed) };
      }
      const { request } = parsed;
      const fingerprint = fingerprintOf(stage, request);
      const tagged: ParsedTags = made === undefined ? { ok: true, tags: undefined } : parseTags(made);
      return {
        // The fingerprint ignores tags: the request still counts among equal requests, and may have been answered before.
        fingerprint,
        send: (event) =>
          tagged.ok
            ? send(request, stage, { ...event, tags: tagged.tags }, fingerprint)
            : Promise.resolve(invalid(tagged.problem)),
        recall: (event) => recall(request, stage, event),
      };
    },
  };
}

function invalid(message: string): AiOutcome {
  return { kind: 'failed', code: 'invalid_request', message };
}

function parsedFor({ model, embedding }: AiStagePlan, value: Json, readPart: ReadPart | undefined): ParsedRequest {
  return embedding === undefined
    ? parseRequest(value, { defaultModel: model, readPart })
    : parseEmbedding(value, { model: model ?? '', ...embedding });
}

/** Returns the same text for equal requests of a stage, whichever provider serves them. */
function fingerprintOf(stage: AiStagePlan, request: UniversalRequest): string {
  const maxTokens = request.max_tokens ?? stage.maxTokens;
  return callKey({ stage: stage.name, request, maxTokens, schema: schemaOf(stage) });
}

/** The options of a stage's call: its event, and how it is served. */
export function contextOf(stage: AiStagePlan, event: TaggedEvent): AiCallOptions {
  return {
    stage: stage.name,
    pipeline: event.pipeline,
    identity: event.stored ? { event: event.id } : { occurrence: event.occurrence },
    tags: event.tags,
    providers: stage.providers,
    route: stage.route,
    schema: schemaOf(stage),
    schemaMode: stage.schemaMode,
    maxTokens: stage.maxTokens,
    dedupe: stage.dedupe,
    onTruncated: stage.onTruncated,
    fallbackOn: stage.fallbackOn,
    stream: stage.stream,
  };
}

/** Converts the result of a call to the form that the pipeline takes. */
export function outcomeOf(result: CallResult): AiOutcome {
  switch (result.kind) {
    case 'answered':
      return {
        kind: 'answered',
        answer: answerOf(result),
        original: answerOf({ ...result, cached: false }),
        provider: result.provider,
      };
    case 'failed': {
      const { code, message, answer } = result;
      return { kind: 'failed', code, message, ...(answer !== undefined && { answer }) };
    }
    case 'stopped': {
      const { reason, message, until } = result;
      const from = until === undefined ? '' : `; it makes sense again from ${new Date(until).toISOString()} on`;
      return { kind: 'paused', reason, message: `${message}${from}` };
    }
  }
}

/** The universal answer, as it is written to an event's data. */
function answerOf({ usage, ...answer }: AnsweredCall) {
  const { provider, model, response, finish_reason, cost_usd, latency_ms, attempts, cached } = answer;
  const { reasoning, tool_calls, logprobs } = answer;
  return {
    provider,
    model,
    response,
    finish_reason,
    ...(reasoning !== undefined && { reasoning }),
    ...(tool_calls !== undefined && { tool_calls }),
    ...(logprobs !== undefined && { logprobs }),
    usage: { ...usage },
    cost_usd,
    latency_ms,
    attempts,
    cached,
  };
}

/** A JSON Schema is an object or a boolean; the config's check has made sure of that. */
function schemaOf({ schema }: AiStagePlan): JsonSchema | undefined {
  if (typeof schema === 'boolean') return schema;
  return typeof schema === 'object' && schema !== null ? (schema as JsonSchema) : undefined;
}
