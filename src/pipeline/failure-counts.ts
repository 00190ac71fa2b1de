import type { EventFailure, FailureKind } from './failure.js';

/** How many events failed for one reason at one place, whatever became of them. */
export interface FailureCount {
  readonly kind: FailureKind;
  /** Undefined: before the first stage. */
  readonly stage: string | undefined;
  readonly count: number;
}

/** Counts failures by kind and stage. There are few combinations, however many events fail. */
export class FailureCounts {
  readonly #counts = new Map<string, FailureCount>();

  add({ kind, stage }: EventFailure): void {
    const key = `${kind} ${stage ?? ''}`;
    this.#counts.set(key, { kind, stage, count: (this.#counts.get(key)?.count ?? 0) + 1 });
  }

  list(): readonly FailureCount[] {
    return [...this.#counts.values()];
  }
}
