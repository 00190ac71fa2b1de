import type { Json } from 'computo-js';
import type { CallIdentity } from '../journal/index.js';
import type { JsonSchema } from '../request/index.js';
import type { Route } from '../route/index.js';
import type { InDoubtPolicy } from './options.js';

/** For whom and how a request is served. */
export interface AiCallOptions {
  /** The stage's name, or its ordinal among the AI stages. */
  readonly stage: string;
  readonly pipeline: string;
  readonly identity: CallIdentity;
  /** Names of providers that may serve, in order. Default: all, as configured. */
  readonly providers?: readonly string[] | undefined;
  readonly route?: Route | undefined;
  /** The answer must be JSON that satisfies it. */
  readonly schema?: JsonSchema | undefined;
  /** Output cap where the request has none. Default: 1,000. */
  readonly maxTokens?: number | undefined;
  /** Equal requests of the stage are sent once. */
  readonly dedupe?: boolean | undefined;
  readonly inDoubt?: InDoubtPolicy | undefined;
  /** Asks anew, whatever the journal holds. */
  readonly live?: boolean | undefined;
  /** Cuts the call off, under way or not. */
  readonly signal?: AbortSignal | undefined;
}

/** Token counts in the seed's words. */
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
  /** Text; with a schema, the value that satisfies it. */
  readonly response: Json;
  readonly usage: Usage;
  /** What all attempts of the call cost, as far as it is known; from the journal: what it cost then. Null: no price is known. */
  readonly cost_usd: number | null;
  readonly latency_ms: number;
  readonly attempts: number;
  /** From the journal: nothing was sent and nothing paid this time. */
  readonly cached: boolean;
}

export type CallFailureCode =
  /** A provider's refusal of this request, or its failure to serve it. */
  | 'provider_error'
  | 'truncated'
  | 'filtered'
  | 'refused'
  | 'unfinished'
  /** The answer is no JSON, or does not satisfy the schema. */
  | 'schema'
  /** No provider serves the model, knows its price, or may take a request so large. */
  | 'no_provider'
  /** Its worst case is more than a whole budget. */
  | 'too_expensive'
  /** It was under way at a crash, and in_doubt is `fail`. */
  | 'in_doubt';

/** This request fails, others may not. */
export interface FailedCall {
  readonly kind: 'failed';
  readonly code: CallFailureCode;
  /** For a person, without secrets. */
  readonly message: string;
  readonly provider?: string | undefined;
  readonly cached: boolean;
}

export type StopReason = 'budget' | 'providers-down' | 'provider-limit' | 'provider-refused' | 'in-doubt' | 'aborted';

/** Nothing more can be done now; what is done is kept, and the run can be resumed. */
export interface StoppedCall {
  readonly kind: 'stopped';
  readonly reason: StopReason;
  readonly message: string;
  readonly resumable: true;
  /** Milliseconds since the epoch: when resuming makes sense, if that is known. */
  readonly until?: number | undefined;
}

export type CallResult = AnsweredCall | FailedCall | StoppedCall;

export function failed(code: CallFailureCode, message: string, provider?: string): FailedCall {
  return { kind: 'failed', code, message, provider, cached: false };
}

export function stopped(reason: StopReason, message: string, until?: number): StoppedCall {
  return { kind: 'stopped', reason, message, resumable: true, until: until === Infinity ? undefined : until };
}
