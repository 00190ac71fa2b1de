import type { EventFailure, FailureKind } from './failure.js';

/** How many events failed for one reason at one place, whatever became of them. */
export interface FailureCount {
  readonly kind: FailureKind;
  /** Undefined: before the first stage. */
  readonly stage: string | undefined;
  readonly count: number;
  /** Why the first of them failed, if the stage only chooses events: they are left out. */
  readonly leftOut?: string;
}

/** Counts failures by kind and stage. There are few combinations, however many events fail. */
export class FailureCounts {
  readonly #counts = new Map<string, FailureCount>();

  add({ kind, stage, message }: EventFailure, isLeftOut = false): void {
    const key = `${kind} ${stage ?? ''}`;
    const before = this.#counts.get(key);
    const leftOut = isLeftOut ? (before?.leftOut ?? message) : undefined;
    this.#counts.set(key, { kind, stage, count: (before?.count ?? 0) + 1, ...(leftOut !== undefined && { leftOut }) });
  }

  list(): readonly FailureCount[] {
    return [...this.#counts.values()];
  }
}
