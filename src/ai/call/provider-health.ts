import { createLatencyMeter, type LatencyMeter } from '../route/index.js';
import { createSuspects, type Suspects } from './suspects.js';

/** What is known about a provider, over all of its keys. */
export interface ProviderHealth {
  readonly latency: LatencyMeter;
  /** Milliseconds since the epoch of its last answer; 0: none yet. */
  readonly lastSuccessAt: number;
  /** It has answered. */
  answered(now: number): void;
  /** An answer of the provider was found in the journal: it is set up correctly, whatever happens to single rows. */
  hasAnsweredBefore(): void;
  /**
   * Set if it can't be reached, and is unlikely to recover: since when (milliseconds since the epoch), the number of tries, and
   * whether it was given up.
   */
  unreachable: { readonly since: number; readonly tries: number; readonly isGivenUp: boolean } | undefined;
  /** Rows whose requests it failed to serve since its last answer. */
  readonly failing: Suspects;
  /** It has answered at least once, in this run or before. */
  readonly isKnownToAnswer: boolean;
  /** So many rows in a row fail that it fails everyone. */
  readonly failsEveryone: boolean;
  /**
   * Whether these rows are too many to be the cause themselves: for a provider that has not answered yet, two, because it is set
   * up wrong or down.
   */
  areMany(rows: Suspects): boolean;
}

/** @param threshold failures in a row that open a breaker of the provider */
export function createProviderHealth(threshold: number): ProviderHealth {
  const failing = createSuspects();
  let lastSuccessAt = 0;
  let isKnownToAnswer = false;
  const health: ProviderHealth = {
    latency: createLatencyMeter(),
    get lastSuccessAt() {
      return lastSuccessAt;
    },
    answered(now) {
      lastSuccessAt = now;
      isKnownToAnswer = true;
      health.unreachable = undefined;
      failing.clear();
    },
    hasAnsweredBefore() {
      isKnownToAnswer = true;
    },
    unreachable: undefined,
    failing,
    get isKnownToAnswer() {
      return isKnownToAnswer;
    },
    get failsEveryone() {
      return health.areMany(failing);
    },
    areMany: ({ count }) => count >= (isKnownToAnswer ? Math.max(2, threshold) : 2),
  };
  return health;
}
