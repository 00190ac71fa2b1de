import type { Counts } from './counts.js';
import type { EventFailure } from './failure.js';

/** Seconds that a stage took for an event. */
export interface StageTiming {
  readonly stage: string;
  readonly seconds: number;
}

/** How an event ended: see {@link Counts}. */
export type EventOutcome = Exclude<keyof Counts, 'input'>;

/** One event's way through the stages. */
export interface Observation {
  readonly id: string;
  /** Those that it came to, one that failed it included. */
  readonly steps: readonly StageTiming[];
  readonly outcome: EventOutcome;
  readonly failure?: { readonly kind: string; readonly message: string; readonly stage: string | undefined };
}

const OUTCOMES = ['output', 'filtered', 'skipped', 'unrouted', 'deadLettered'] as const;

/** Watches an event from here to its end in its batch. */
export interface Observer {
  /** A stage took so long. */
  step(stage: string, seconds: number): void;
  end(id: string): void;
}

/** @param batch what the event is counted in */
export function observer(batch: {
  readonly counts: Readonly<Counts>;
  readonly lastFailure: EventFailure | undefined;
  observed(observation: Observation): void;
}): Observer {
  const before = { ...batch.counts };
  const failureBefore = batch.lastFailure;
  const steps: StageTiming[] = [];
  return {
    step: (stage, seconds) => void steps.push({ stage, seconds }),
    end(id) {
      const outcome = OUTCOMES.find((one) => batch.counts[one] > before[one]) ?? 'deadLettered';
      const { lastFailure } = batch;
      const isNew = lastFailure !== undefined && lastFailure !== failureBefore;
      batch.observed({ id, steps, outcome, ...(isNew && { failure: told(lastFailure) }) });
    },
  };
}

function told({ kind, message, stage }: EventFailure) {
  return { kind, message, stage };
}

/** @returns tells the seconds since now, by a clock that never jumps. Only ever shown: nothing is decided by it. */
export function stopwatch(): () => number {
  const start = performance.now();
  return () => (performance.now() - start) / 1000;
}
