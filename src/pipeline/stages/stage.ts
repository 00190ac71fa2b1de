import type { Json } from 'computo-js';

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
