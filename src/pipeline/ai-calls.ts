import type { Json } from 'computo-js';
import type { AiStageSpec } from './spec.js';
import type { PauseReason } from './run-paused.js';

/** What the pipeline needs of whoever makes the calls: the AI floor's client, for runs of every kind. */
export interface AiCalls {
  /** The same text for the same request of a stage, whatever serves it: what the journal knows a call by. */
  fingerprint(stage: AiStageSpec, request: Json): string;
  /**
   * Makes one call, or finds its answer in the journal.
   *
   * @param request the universal request, as the stage's script made it
   */
  call(stage: AiStageSpec, request: Json, event: AiEvent): Promise<AiOutcome>;
}

/** Whose call it is. */
export interface AiEvent {
  readonly pipeline: string;
  readonly id: string;
  /** How many equal requests of this stage came before it in the input: equal rows are calls of their own. */
  readonly occurrence: number;
}

export type AiOutcome =
  /** `answer`: the universal answer. */
  | { readonly kind: 'answered'; readonly answer: Json; readonly provider: string }
  /** This event fails; `code` says how, in a word. */
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }
  /** The run cannot go on. */
  | { readonly kind: 'paused'; readonly reason: PauseReason; readonly message: string };
