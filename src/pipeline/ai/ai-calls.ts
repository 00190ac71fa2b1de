import type { Json, JsonObject } from 'computo-js';
import type { CachePrefix } from '../../ai/request/index.js';
import type { PauseReason } from '../run-paused.js';
import type { ScriptPlan, StagePlan, TemplatePlan } from '../../config/index.js';

/** A stage that sends each event's request to a provider and puts the answer into the data. */
export interface AiStagePlan extends StagePlan {
  /** Makes the universal request from the event. */
  readonly request: ScriptPlan | TemplatePlan;
  /** Makes from the event what the cost of its call is booked under: values by name. */
  readonly tags?: ScriptPlan | TemplatePlan;
  /** Its requests are for vectors, and `request` makes their text or list of texts. */
  readonly embedding?: { readonly dimensions?: number };
  /** Members of requests that have none of their own. */
  readonly defaults?: JsonObject;
  /** For requests that name no model. */
  readonly model?: string;
  /** In place of `model`: who is asked first, and who next where the answer is not accepted. At least two steps. */
  readonly cascade?: readonly CascadeStep[];
  /** Which step of the cascade it asks for, from 1: see `stageOfStep`. Then `model` is that of the step. */
  readonly step?: number;
  /** Names of the providers that may serve, at least one, all of them configured. */
  readonly providers: readonly string[];
  readonly route: 'cheapest' | 'ordered' | 'fastest';
  /** The JSON Schema that answers must satisfy. */
  readonly schema?: Json;
  /** How providers are bound to it. */
  readonly schemaMode: 'auto' | 'strict' | 'json_schema' | 'json_object' | 'prompt' | 'tool';
  /** JSON Pointer to where the answer goes; undefined: it replaces the data. */
  readonly into?: string;
  /** Output tokens, for requests that set no cap. */
  readonly maxTokens: number;
  /** Equal requests are one call. */
  readonly dedupe: boolean;
  /** What becomes of calls that were in flight at a crash; undefined: as the journal's setting. */
  readonly inDoubt?: 'retry' | 'hold' | 'fail';
  /** What becomes of answers that their cap cuts off. */
  readonly onTruncated: 'retry' | 'keep' | 'fail';
  /** What makes a call go to the next provider instead of failing its event. */
  readonly fallbackOn: readonly ('content_filter' | 'context_length' | 'truncated')[];
  readonly stream?: boolean;
  /** How far its requests are the same for all events, where that is to be cached. */
  readonly cache?: CachePrefix;
}

/** One model of a cascade. */
export interface CascadeStep {
  readonly model: string;
  /** Whether its answer is the stage's, given what it says (`$input`) and the event's context (`$inputs/1`). The last step has none. */
  readonly accept?: ScriptPlan;
}

/** What a call took, as its answer tells it. Tokens, US dollars (null: no price is known) and milliseconds of all its attempts. */
export type CallTook = {
  readonly usage: {
    readonly prompt_tokens: number;
    readonly completion_tokens: number;
    readonly total_tokens: number;
    readonly cached_tokens: number;
  };
  readonly cost_usd: number | null;
  readonly latency_ms: number;
  readonly attempts: number;
  /** Nothing of it was sent this time. */
  readonly cached: boolean;
};

/** What the pipeline needs of whoever makes the calls: the AI floor's client, wired by the command. */
export interface AiCalls {
  /**
   * @param request the universal request, as the stage's script made it; a malformed one fails when it is sent
   * @param tags as the stage's template or script made them; malformed ones fail the same way
   */
  prepare(stage: AiStagePlan, request: Json, tags?: Json): AiCall;
}

export interface AiCall {
  /** The same text for equal requests of a stage, whatever serves them: what the journal knows a call by. */
  readonly fingerprint: string;
  /** Makes the call, or finds its answer in the journal. */
  send(event: AiEvent): Promise<AiOutcome>;
  /** What the journal holds of the call; undefined: nothing. Sends nothing. */
  recall(event: AiEvent): Promise<AiOutcome | undefined>;
}

/** Whose call it is. */
export interface AiEvent {
  readonly pipeline: string;
  readonly id: string;
  /** The event has its id for good: the call is known by it. Else by `occurrence`. */
  readonly stored: boolean;
  /** How many equal requests of this stage came before it in the input: equal rows are calls of their own. */
  readonly occurrence: number;
}

export type AiOutcome =
  | {
      readonly kind: 'answered';
      /** The universal answer. */
      readonly answer: Json;
      /** The same in every run: as it was when it was paid for, wherever it comes from now. */
      readonly original: Json;
      readonly provider: string;
      readonly took: CallTook;
    }
  /** This event fails; `code` says how, in a word. */
  | {
      readonly kind: 'failed';
      readonly code: string;
      readonly message: string;
      /** What the provider said all the same. */
      readonly answer?: string;
      /** It asks for more than the model takes. */
      readonly tooLong?: boolean;
      /** Of its paid answers; absent: there are none. */
      readonly took?: CallTook;
    }
  /** The run cannot go on. */
  | { readonly kind: 'paused'; readonly reason: PauseReason; readonly message: string };
