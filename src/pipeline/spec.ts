import type { ExecuteOptions, Json, Span } from 'computo-js';

/**
 * A pipeline as plain JSON data: everything resolved, nothing compiled, so that it can be sent to a worker thread.
 */
export interface PipelineSpec {
  readonly name: string;
  readonly stages: readonly StageSpec[];
  /** Sets `metadata.routing_key` from the finished data. */
  readonly routingKey?: ScriptSpec;
  readonly outputs: readonly OutputSpec[];
  readonly onError: OnError;
}

export type StageSpec =
  | { readonly kind: 'computo'; readonly name: string; readonly script: ScriptSpec }
  | { readonly kind: 'filter'; readonly name: string; readonly script: ScriptSpec }
  | AiStageSpec;

/** Sends each event's request to a provider and puts the answer into the data. */
export interface AiStageSpec {
  readonly kind: 'ai';
  readonly name: string;
  /** Makes the universal request from the event. */
  readonly request: ScriptSpec;
  /** For requests that name no model. */
  readonly model?: string;
  /** The providers that may serve, at least one. */
  readonly providers: readonly string[];
  readonly route: 'cheapest' | 'ordered' | 'fastest';
  /** The JSON Schema that answers must satisfy. */
  readonly schema?: Json;
  /** JSON Pointer to where the answer goes; undefined: it replaces the data. */
  readonly into?: string;
  /** Output tokens, for requests that set no cap. */
  readonly maxTokens: number;
  /** Equal requests are one call. */
  readonly dedupe: boolean;
  /** What becomes of calls that were in flight at a crash; undefined: as the journal's setting. */
  readonly inDoubt?: 'retry' | 'hold' | 'fail';
}

/** What one output takes, and how it is written. */
export interface OutputSpec {
  /** The routing keys it takes; undefined: every event. */
  readonly when?: readonly string[];
  /** Lines are whole envelopes, not `data` alone. */
  readonly envelope: boolean;
}

export interface ScriptSpec {
  readonly script: Json;
  readonly options: Pick<ExecuteOptions, 'dialect' | 'limits' | 'permuto' | 'secrets'>;
  /** As it was written, where that was in the text form. */
  readonly text?: { readonly text: string; readonly spans: Span };
}

/** What becomes of an event that fails: see the config's `on_error`. */
export type OnError =
  | { readonly kind: 'dead_letter' }
  | { readonly kind: 'skip' }
  /** As dead_letter, and nothing after it is read. */
  | { readonly kind: 'stop' }
  /** The event goes on to the outputs with this data in place of its own. */
  | { readonly kind: 'default'; readonly data: Json };
