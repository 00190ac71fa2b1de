import type { ProviderFailure } from '../provider/index.js';
import type { ProviderLane } from './provider-lane.js';

/** The requests of a call at one provider that count as attempts. */
export interface AttemptCount {
  readonly all: number;
  /** Those that the provider may have billed. */
  readonly mayBeBilled: number;
  /** When the first of them ended, milliseconds since the epoch. */
  readonly since: number;
}

const NONE: AttemptCount = { all: 0, mayBeBilled: 0, since: Infinity };

/** The attempts of a call by provider, those that mend an answer included. */
export class AttemptCounts {
  readonly #counts = new Map<ProviderLane, AttemptCount>();

  of(lane: ProviderLane): AttemptCount {
    return this.#counts.get(lane) ?? NONE;
  }

  answered(lane: ProviderLane, now: number): void {
    this.#add(lane, true, now);
  }

  /** Being told to wait is no attempt, nor is a request that was never sent. */
  failed(lane: ProviderLane, { code, outcome, billing }: ProviderFailure, now: number): void {
    if (outcome.kind === 'wait-until' || code === 'unreachable') return;
    this.#add(lane, billing !== 'none', now);
  }

  /** Whether no further request may be billed at a provider. */
  isSpent(lane: ProviderLane): boolean {
    return this.of(lane).mayBeBilled >= lane.retry.attemptsMax;
  }

  #add(lane: ProviderLane, billed: boolean, now: number): void {
    const { all, mayBeBilled, since } = this.of(lane);
    this.#counts.set(lane, {
      all: all + 1,
      mayBeBilled: mayBeBilled + (billed ? 1 : 0),
      since: Math.min(since, now),
    });
  }
}
