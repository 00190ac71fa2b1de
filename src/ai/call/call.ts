import type { Json } from 'computo-js';
import type { CallIdentity } from '../journal/index.js';
import type { CachePrefix, JsonSchema, Tags } from '../request/index.js';
import type { Route } from '../route/index.js';
import type { SchemaModeChoice } from '../schema/index.js';
import type { InDoubtPolicy } from './options.js';

/** How a request is served, and for whom. */
export interface AiCallOptions {
  /** The stage's name, or its index among the AI stages. */
  readonly stage: string;
  readonly pipeline: string;
  readonly identity: CallIdentity;
  /** What its cost is booked under. They change nothing about the answer: the journal does not know them. */
  readonly tags?: Tags | undefined;
  /** Names of providers that may serve, in order. Default: all, as configured. */
  readonly providers?: readonly string[] | undefined;
  readonly route?: Route | undefined;
  /** The answer must be JSON that satisfies it. */
  readonly schema?: JsonSchema | undefined;
  /** How a provider is bound to the schema; an answer means the same in each mode. Default: `auto`. */
  readonly schemaMode?: SchemaModeChoice | undefined;
  /** Output cap for requests without one. Default: 1,000. */
  readonly maxTokens?: number | undefined;
  /** Equal requests of the stage are sent once. */
  readonly dedupe?: boolean | undefined;
  readonly inDoubt?: InDoubtPolicy | undefined;
  /** What becomes of an answer that its cap cuts off. Default: `retry`. */
  readonly onTruncated?: TruncatedPolicy | undefined;
  /** What makes the call go to another provider, where it would else fail. Default: nothing that all would do alike. */
  readonly fallbackOn?: readonly FallbackReason[] | undefined;
  /** Whether its answer is streamed. Default: as the provider is set. */
  readonly stream?: boolean | undefined;
  /** What of the stage's requests is to be kept in the provider's cache. It says nothing of the answer either. */
  readonly cache?: CachePrefix | undefined;
  /** Which step of a cascade it is. It says nothing of the answer: the journal does not know it. */
  readonly cascade?: CascadePlace | undefined;
  /** Always sends the request, whatever the journal holds. */
  readonly live?: boolean | undefined;
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
 * An outcome at one provider that another one may not have: its filter or model refuses, the request is too long, the answer is
 * cut off.
 */
export type FallbackReason = 'content_filter' | 'context_length' | 'truncated';

/** `retry`: ask once more, with a larger cap. `keep`: it is the answer. `fail`: the call fails. */
export type TruncatedPolicy = 'retry' | 'keep' | 'fail';

/** Token counts, under the keys of the data format. */
export interface Usage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
  /** Of the prompt tokens, those read from a cache. */
  readonly cached_tokens: number;
}

/** An answer as a stage puts it into an event's data. */
export interface AnsweredCall {
  readonly kind: 'answered';
  readonly provider: string;
  readonly model: string;
  /** Text; with a schema, the value that satisfies it; null where the answer only asks for tools. */
  readonly response: Json;
  /** The provider's word for how it ended, such as `stop`; null: it had none. */
  readonly finish_reason: string | null;
  /** What the model thought, where the provider shows it. */
  readonly reasoning?: Json;
  /** `[{id, name, arguments}]`, where it asks for tools. */
  readonly tool_calls?: Json;
  /** As the provider has them, where the request asks for them. */
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
  /** What was paid for all the same: an answer that was cut off or broke off, was filtered, or does not satisfy the schema. */
  readonly answer?: string | undefined;
  /** It asks for more than the model takes, which another model may. */
  readonly tooLong?: boolean | undefined;
  /** Of its paid answers; absent: there are none. */
  readonly took?: Took | undefined;
  readonly cached: boolean;
}

/** What the answers of a call took. */
export type Took = Pick<AnsweredCall, 'usage' | 'cost_usd' | 'latency_ms' | 'attempts'>;

export type StopReason = 'budget' | 'providers-down' | 'provider-limit' | 'provider-refused' | 'in-doubt' | 'aborted';

/** Nothing more can be done now; finished work is kept, and the run can be resumed. */
export interface StoppedCall {
  readonly kind: 'stopped';
  readonly reason: StopReason;
  readonly message: string;
  readonly resumable: true;
  /** When resuming makes sense, milliseconds since the epoch, if known. */
  readonly until?: number | undefined;
}

export type CallResult = AnsweredCall | FailedCall | StoppedCall;

export function failed(code: CallFailureCode, message: string, provider?: string): FailedCall {
  return { kind: 'failed', code, message, provider, cached: false };
}

export function stopped(reason: StopReason, message: string, until?: number): StoppedCall {
  return { kind: 'stopped', reason, message, resumable: true, until: until === Infinity ? undefined : until };
}
