import type { Json, JsonObject } from 'computo-js';
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
  type Took,
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
  /** Waits until a call may be made, as {@link AiCall.ready} does. Default: each may be made at once. */
  readonly ready?: CallReady | undefined;
}

/** @param context how the call would be made */
export type CallReady = (
  request: UniversalRequest,
  context: AiCallOptions,
  event: AiEvent,
) => Promise<AiOutcome | undefined>;

/** Adapts an AI client to the calls that a pipeline's stages make. */
export function aiCalls(client: AiClient, { live, inDoubt, readPart, ready }: CallManner): AiCalls {
  const callContext = (stage: AiStagePlan, event: TaggedEvent): AiCallOptions => ({
    ...contextOf(stage, event),
    inDoubt: stage.inDoubt ?? inDoubt,
    live,
  });
  const send: SendCall = async (request, stage, event) =>
    outcomeOf(await client.call(request, callContext(stage, event)));
  return callsThat(readPart, send, {
    async recall(request, stage, event) {
      const known = await client.recall(request, contextOf(stage, event));
      return known && outcomeOf(known);
    },
    ...(ready && { ready: (request, stage, event) => ready(request, callContext(stage, event), event) }),
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

/** What else can be done with a request, as {@link AiCall} says. */
interface OtherHandling {
  readonly ready?: (
    request: UniversalRequest,
    stage: AiStagePlan,
    event: TaggedEvent,
  ) => Promise<AiOutcome | undefined>;
  /** Default: it knows no answers. */
  readonly recall?: (request: UniversalRequest, stage: AiStagePlan, event: AiEvent) => Promise<AiOutcome | undefined>;
}

/** Returns calls that pass valid requests to `send`, and fail for the others. */
export function callsThat(
  readPart: ReadPart | undefined,
  send: SendCall,
  { ready, recall }: OtherHandling = {},
): AiCalls {
  return {
    prepare(stage, value, made) {
      const parsed = namesItsModel(stage, value)
        ? {
            ok: false as const,
            problem: 'the request names a model, and the models of its stage are those of a cascade',
          }
        : parsedFor(stage, value, readPart);
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
        ...(ready && {
          ready: async (event) =>
            tagged.ok ? await ready(request, stage, { ...event, tags: tagged.tags }) : undefined,
        }),
        recall: async (event) => await recall?.(request, stage, event),
      };
    },
  };
}

function invalid(message: string): AiOutcome {
  return { kind: 'failed', code: 'invalid_request', message };
}

/** Whether a request has a model of its own where the cascade decides. */
function namesItsModel({ step }: AiStagePlan, value: Json): boolean {
  if (step === undefined || typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return ((value as JsonObject)['model'] ?? null) !== null;
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
    cache: stage.cache,
    ...(stage.cascade &&
      stage.step !== undefined && {
        cascade: { step: stage.step, models: stage.cascade.map(({ model }) => model) },
      }),
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
        took: { ...tookOf(result), cached: result.cached },
      };
    case 'failed': {
      const { code, message, answer, tooLong, took, cached } = result;
      return {
        kind: 'failed',
        code,
        message,
        ...(answer !== undefined && { answer }),
        ...(tooLong === true && { tooLong }),
        ...(took !== undefined && { took: { ...tookOf(took), cached } }),
      };
    }
    case 'stopped': {
      const { reason, message, until, remedy } = result;
      const from = until === undefined ? '' : `; it makes sense again from ${new Date(until).toISOString()} on`;
      return { kind: 'paused', reason, message: `${message}${from}`, ...(remedy && { remedy }) };
    }
  }
}

function tookOf({ usage, cost_usd, latency_ms, attempts }: Took): Took {
  return { usage: { ...usage }, cost_usd, latency_ms, attempts };
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
