import type { Json } from 'computo-js';
import type { CallIdentity } from '../journal/index.js';
import type { CachePrefix, JsonSchema, Tags } from '../request/index.js';
import type { Route } from '../route/index.js';
import type { SchemaModeChoice } from '../schema/index.js';
import type { InDoubtPolicy } from './options.js';
import type { AccountKind } from './run-budget.js';

/** How to serve a request, and for whom. */
export interface AiCallOptions {
  /** The stage's name, or its index among the AI stages. */
  readonly stage: string;
  readonly pipeline: string;
  readonly identity: CallIdentity;
  /** The tags that its cost is recorded under. They don't affect the answer, so the journal does not store them. */
  readonly tags?: Tags | undefined;
  /** Names of providers that may serve, in order. Default: all, as configured. */
  readonly providers?: readonly string[] | undefined;
  readonly route?: Route | undefined;
  /** The schema that the answer must satisfy, as JSON. */
  readonly schema?: JsonSchema | undefined;
  /** How a provider is bound to the schema; an answer means the same in each mode. Default: `auto`. */
  readonly schemaMode?: SchemaModeChoice | undefined;
  /** Output cap for requests without one. Default: 1,000. */
  readonly maxTokens?: number | undefined;
  /** Whether equal requests of the stage are sent only once. */
  readonly dedupe?: boolean | undefined;
  readonly inDoubt?: InDoubtPolicy | undefined;
  /** What to do with an answer that its cap truncates. Default: `retry`. */
  readonly onTruncated?: TruncatedPolicy | undefined;
  /** Failures after which the call goes to another provider instead. Default: none that all providers would have in common. */
  readonly fallbackOn?: readonly FallbackReason[] | undefined;
  /** Whether its answer is streamed. Default: the provider's setting. */
  readonly stream?: boolean | undefined;
  /** What of the stage's requests is to be kept in the provider's cache. It says nothing of the answer either. */
  readonly cache?: CachePrefix | undefined;
  /** Which step of a cascade it is. It says nothing of the answer: the journal does not know it. */
  readonly cascade?: CascadePlace | undefined;
  /** Always sends the request, whatever the journal holds. */
  readonly live?: boolean | undefined;
  /** Only judges an answer that a batch has brought: sends nothing. */
  readonly onlyWeighs?: boolean | undefined;
  /** Aborts the call, whether or not it is under way. */
  readonly signal?: AbortSignal | undefined;
}

/** A step among those that are asked one after the other until an answer is accepted. */
export interface CascadePlace {
  /** From 1. */
  readonly step: number;
  /** Those of all steps. */
  readonly models: readonly string[];
}

/**
 * A failure at one provider that another may not have: its filter or model refuses, the request is too long, or the answer is
 * truncated.
 */
export type FallbackReason = 'content_filter' | 'context_length' | 'truncated';

/** `retry`: send it once more, with a larger cap. `keep`: accept it as the answer. `fail`: the call fails. */
export type TruncatedPolicy = 'retry' | 'keep' | 'fail';

/** Token counts, under the keys of the data format. */
export interface Usage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
  /** Prompt tokens that were read from a cache. */
  readonly cached_tokens: number;
}

/** An answer as a stage puts it into an event's data. */
export interface AnsweredCall {
  readonly kind: 'answered';
  readonly provider: string;
  readonly model: string;
  /** Text; with a schema, the value that satisfies it; null if the answer only requests tool calls. */
  readonly response: Json;
  /** The provider's word for how the answer ended, such as `stop`; null if it had none. */
  readonly finish_reason: string | null;
  /** The model's thoughts, if the provider shows them. */
  readonly reasoning?: Json;
  /** `[{id, name, arguments}]`, if the answer requests tool calls. */
  readonly tool_calls?: Json;
  /** In the provider's own format, if the request asks for them. */
  readonly logprobs?: Json;
  readonly usage: Usage;
  /** The cost of all attempts of the call, as far as known; from the journal: the cost at that time. Null: no price is known. */
  readonly cost_usd: number | null;
  readonly latency_ms: number;
  readonly attempts: number;
  /** From the journal: this time nothing was sent or paid. */
  readonly cached: boolean;
}

export type CallFailureCode =
  /** A provider rejected this request or failed to serve it. */
  | 'provider_error'
  | 'truncated'
  | 'filtered'
  | 'refused'
  | 'unfinished'
  /** The answer is not JSON or does not satisfy the schema. */
  | 'schema'
  /** No provider serves the model, knows its price, or accepts so large a request. */
  | 'no_provider'
  /** Its worst case exceeds a whole budget. */
  | 'too_expensive'
  /** It was under way at a crash, and in_doubt is `fail`. */
  | 'in_doubt';

/** This request fails; others may not. */
export interface FailedCall {
  readonly kind: 'failed';
  readonly code: CallFailureCode;
  /** For a person, without secrets. */
  readonly message: string;
  readonly provider?: string | undefined;
  /** An answer that was paid for anyway: it was truncated, broke off, was filtered, or does not satisfy the schema. */
  readonly answer?: string | undefined;
  /** It asks for more than the model takes, which another model may. */
  readonly tooLong?: boolean | undefined;
  /** Of its paid answers; absent: there are none. */
  readonly took?: Took | undefined;
  readonly cached: boolean;
}

/** What the answers of a call took. */
export type Took = Pick<AnsweredCall, 'usage' | 'cost_usd' | 'latency_ms' | 'attempts'>;

export type StopReason =
  'budget' | 'providers-down' | 'provider-limit' | 'provider-refused' | 'in-doubt' | 'batched' | 'aborted';

/** What has to be changed before the run can go on. */
export type StopRemedy =
  /** A budget that is smaller than the worst case of one call, in US dollars as decimal text. */
  | { readonly kind: 'budget'; readonly account: AccountKind; readonly needed: string }
  /** The keys that these providers refuse. */
  | { readonly kind: 'keys'; readonly providers: readonly string[] };

/** Nothing more can be done now; finished work is kept, and the run can be resumed. */
export interface StoppedCall {
  readonly kind: 'stopped';
  readonly reason: StopReason;
  readonly message: string;
  readonly resumable: true;
  /** When resuming makes sense, milliseconds since the epoch, if known. */
  readonly until?: number | undefined;
  /** Absent: nothing has to be. */
  readonly remedy?: StopRemedy | undefined;
}

export type CallResult = AnsweredCall | FailedCall | StoppedCall;

export function failed(code: CallFailureCode, message: string, provider?: string): FailedCall {
  return { kind: 'failed', code, message, provider, cached: false };
}

export function stopped(reason: StopReason, message: string, until?: number): StoppedCall {
  return { kind: 'stopped', reason, message, resumable: true, until: until === Infinity ? undefined : until };
}
