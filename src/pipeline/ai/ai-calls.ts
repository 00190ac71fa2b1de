import type { Json, JsonObject } from 'computo-js';
import type { CachePrefix } from '../../ai/request/index.js';
import type { PauseReason, PauseRemedy } from '../run-paused.js';
import type { ScriptPlan, StagePlan, TemplatePlan } from '../../config/index.js';

/** A stage that sends each event's request to a provider and puts the answer into the data. */
export interface AiStagePlan extends StagePlan {
  /** Makes the universal request from an event. */
  readonly request: ScriptPlan | TemplatePlan;
  /** Makes the tags of an event's call, by which its cost is summed up: values by name. */
  readonly tags?: ScriptPlan | TemplatePlan;
  /** Set if the stage requests vectors; `request` then makes a text or a list of texts. */
  readonly embedding?: { readonly dimensions?: number };
  /** Default members of requests. */
  readonly defaults?: JsonObject;
  /** The model of requests that name none. */
  readonly model?: string;
  /** In place of `model`: who is asked first, and who next where the answer is not accepted. At least two steps. */
  readonly cascade?: readonly CascadeStep[];
  /** Which step of the cascade it asks for, from 1: see `stagesOfSteps`. Then `model` is that of the step. */
  readonly step?: number;
  /** Names of the providers that may serve requests; at least one, and all of them configured. */
  readonly providers: readonly string[];
  readonly route: 'cheapest' | 'ordered' | 'fastest';
  /** The JSON Schema that answers must satisfy. */
  readonly schema?: Json;
  /** How the schema is imposed on providers. */
  readonly schemaMode: 'auto' | 'strict' | 'json_schema' | 'json_object' | 'prompt' | 'tool';
  /** JSON Pointer to where the answer goes; undefined: the answer replaces the data. */
  readonly into?: string;
  /** The maximum number of output tokens, for requests that set none. */
  readonly maxTokens: number;
  /** Whether equal requests share one call. */
  readonly dedupe: boolean;
  /** What becomes of calls that were in progress at a crash; undefined: the journal's setting. */
  readonly inDoubt?: 'retry' | 'hold' | 'fail';
  /** What becomes of answers that are truncated by the output limit. */
  readonly onTruncated: 'retry' | 'keep' | 'fail';
  /** Problems for which a call goes to the next provider instead of failing its event. */
  readonly fallbackOn: readonly ('content_filter' | 'context_length' | 'truncated')[];
  readonly stream?: boolean;
  /** How far its requests are the same for all events, where that is to be cached. */
  readonly cache?: CachePrefix;
  /** Set if its requests may go in batches. */
  readonly batch?: BatchPlan;
}

/** How requests go in batches. */
export interface BatchPlan {
  /** The fewest requests that are worth a batch: fewer are asked live. Absent: any number is. */
  readonly rowsMin?: number;
  /** Milliseconds after which what has no answer is asked live. */
  readonly deadlineMs?: number;
  /** Requests of one batch at most. */
  readonly rowsMax?: number;
  /** How long a daemon's batch collects requests at most, in milliseconds. */
  readonly waitMs?: number;
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

/** Makes the pipeline's calls: the AI floor's client, wired by the command. */
export interface AiCalls {
  /**
   * @param request the universal request as the stage's script made it; a malformed one fails when it is sent
   * @param tags as the stage's template or script made them; malformed ones fail the same way
   */
  prepare(stage: AiStagePlan, request: Json, tags?: Json): AiCall;
}

export interface AiCall {
  /** The same text for equal requests of a stage, whichever provider serves them. The journal identifies calls by it. */
  readonly fingerprint: string;
  /**
   * Resolves when the call may be made, which may take days if its answer comes in a batch. Absent: it may be made at once.
   *
   * @returns an outcome if it may not be made
   */
  ready?(event: AiEvent): Promise<AiOutcome | undefined>;
  /** Makes the call, or finds its answer in the journal. */
  send(event: AiEvent): Promise<AiOutcome>;
  /** Looks up the call in the journal; undefined if it is not there. Sends nothing. */
  recall(event: AiEvent): Promise<AiOutcome | undefined>;
}

/** The event that a call belongs to. */
export interface AiEvent {
  readonly pipeline: string;
  readonly id: string;
  /** Its timestamp, in milliseconds since the epoch. */
  readonly timestamp: number;
  /** Whether the event has a permanent id, which identifies the call. Otherwise `occurrence` does. */
  readonly stored: boolean;
  /** How many equal requests of this stage preceded it in the input, because equal rows are separate calls. */
  readonly occurrence: number;
}

export type AiOutcome =
  | {
      readonly kind: 'answered';
      /** The universal answer. */
      readonly answer: Json;
      /** The answer as it was when it was paid for: the same in every run, wherever it comes from now. */
      readonly original: Json;
      readonly provider: string;
      readonly took: CallTook;
    }
  /** The event fails; `code` says how, in a word. */
  | {
      readonly kind: 'failed';
      readonly code: string;
      readonly message: string;
      /** What the provider answered nevertheless. */
      readonly answer?: string;
      /** It asks for more than the model takes. */
      readonly tooLong?: boolean;
      /** Of its paid answers; absent: there are none. */
      readonly took?: CallTook;
    }
  /** The run can't continue. */
  | { readonly kind: 'paused'; readonly reason: PauseReason; readonly message: string; readonly remedy?: PauseRemedy };
