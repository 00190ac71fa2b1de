import { realClock } from '../world/index.js';
import type { Counts } from './counts.js';
import type { EventFailure } from './failure.js';

/** The time that a stage took for an event, in seconds. */
export interface StageTiming {
  readonly stage: string;
  readonly seconds: number;
}

/** How an event ended, see {@link Counts}. */
export type EventOutcome = Exclude<keyof Counts, 'input'>;

/** How one event went through the stages. */
export interface Observation {
  readonly id: string;
  /** The stages that the event reached, including one that failed it. */
  readonly steps: readonly StageTiming[];
  readonly outcome: EventOutcome;
  readonly failure?: { readonly kind: string; readonly message: string; readonly stage: string | undefined };
}

const OUTCOMES = ['output', 'filtered', 'skipped', 'unrouted', 'deadLettered'] as const;

/** Observes an event from now until its end in its batch. */
export interface Observer {
  /** Records how long a stage took. */
  step(stage: string, seconds: number): void;
  end(id: string): void;
}

/** @param batch the batch that counts the event */
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

/** @returns a function that returns the seconds since now, by a clock that never jumps. For display only: nothing is decided by it. */
export function stopwatch(): () => number {
  const start = realClock.elapsed();
  return () => (realClock.elapsed() - start) / 1000;
}
