import type { Json } from 'computo-js';
import type { AiCall, AiOutcome } from '../ai/ai-calls.js';

/** A stage's result for an event that it drops. */
export const FILTERED = Symbol('filtered');

/** One compiled step of a pipeline. */
export interface Stage {
  readonly name: string;
  /** Whether `run` reads its second argument. */
  readonly needsContext: boolean;
  /**
   * @param data the event's data, never mutated
   * @param context what a script sees as `$inputs/1`; null if no stage needs it
   * @returns the new data, or {@link FILTERED}
   * @throws EventFailure
   */
  run(data: Json, context: Json): Json | typeof FILTERED;
}

export type AiAnswer = Extract<AiOutcome, { readonly kind: 'answered' }>;

/** A compiled step that sends a request for each event to a provider and puts the answer into its data. */
export interface AiStage {
  readonly name: string;
  /** Whether its calls share requests, so that many should be in progress at a time. */
  readonly gathers?: boolean;
  /**
   * Returns the call that an event needs.
   *
   * @throws EventFailure when its script fails
   */
  prepare(data: Json, context: Json): AiCall;
  /** @throws EventFailure, RunPaused when there is no answer */
  answerOf(outcome: AiOutcome): AiAnswer;
  /**
   * Returns the data with an answer in it.
   *
   * @throws EventFailure when the data has no place for it
   */
  put(data: Json, answer: Json): Json;
}
