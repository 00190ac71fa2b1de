import type { Json } from 'computo-js';
import type { AiCall, AiOutcome } from '../ai/ai-calls.js';

/** What a stage answers for an event that goes no further. */
export const FILTERED = Symbol('filtered');

/** One compiled step of a pipeline. */
export interface Stage {
  readonly name: string;
  /** Whether `run` looks at its second argument. */
  readonly needsContext: boolean;
  /**
   * @param data the event's data, never written into
   * @param context what a script sees as `$inputs/1`; null when no stage needs it
   * @returns the new data, or {@link FILTERED}
   * @throws EventFailure
   */
  run(data: Json, context: Json): Json | typeof FILTERED;
}

export type AiAnswer = Extract<AiOutcome, { readonly kind: 'answered' }>;

/** A compiled step that sends a request for each event to a provider and puts the answer into its data. */
export interface AiStage {
  readonly name: string;
  /** Its calls share requests: many are to be under way at a time. */
  readonly gathers?: boolean;
  /**
   * The call that an event needs.
   *
   * @throws EventFailure when its script fails
   */
  prepare(data: Json, context: Json): AiCall;
  /** @throws EventFailure, RunPaused when there is no answer */
  answerOf(outcome: AiOutcome): AiAnswer;
  /**
   * The data with an answer in it.
   *
   * @throws EventFailure when it has no place for it
   */
  put(data: Json, answer: Json): Json;
}
