import type { Outcome, ProviderFailure } from '../provider/index.js';
import type { ProviderLane } from './provider-lane.js';

type Named = Pick<ProviderLane, 'name'>;

/** The requests of a call at one provider that count as attempts, with any of its keys. */
export interface AttemptCount {
  readonly all: number;
  /** Those that the provider may have billed. */
  readonly mayBeBilled: number;
  /** When the first of them ended, milliseconds since the epoch. */
  readonly since: number;
}

const NO_ATTEMPTS = new Set<Outcome['kind']>(['wait-until', 'refused', 'provider-down-until', 'run-fatal']);

const NONE: AttemptCount = { all: 0, mayBeBilled: 0, since: Infinity };

/** The attempts of a call by provider, including those that repair an answer. */
export class AttemptCounts {
  readonly #counts = new Map<string, AttemptCount>();

  of({ name }: Named): AttemptCount {
    return this.#counts.get(name) ?? NONE;
  }

  answered(lane: Named, now: number): void {
    this.#add(lane, true, now);
  }

  /** Counts a failure as an attempt, unless the provider says to wait or refuses this key, or the request was never sent. */
  failed(lane: Named, { code, outcome, billing }: ProviderFailure, now: number): void {
    if (NO_ATTEMPTS.has(outcome.kind) || code === 'unreachable') return;
    this.#add(lane, billing !== 'none', now);
  }

  /** Whether no further billable request may be sent to a provider. */
  isSpent(lane: ProviderLane): boolean {
    return this.of(lane).mayBeBilled >= lane.retry.attemptsMax;
  }

  #add(lane: Named, billed: boolean, now: number): void {
    const { all, mayBeBilled, since } = this.of(lane);
    this.#counts.set(lane.name, {
      all: all + 1,
      mayBeBilled: mayBeBilled + (billed ? 1 : 0),
      since: Math.min(since, now),
    });
  }
}
