import { BATCH_DIVISOR, type Nano } from '../../../ai/money/index.js';
import type { Bill } from '../../../jobs/forecast/index.js';

/** What the calls of a bill cost if batches answer all of them. */
export interface BatchPrice {
  readonly likely: Nano;
  /** Undefined: unknown, as that of the bill. */
  readonly worst: Nano | undefined;
}

export function batchPrice({ total: { cost } }: Bill): BatchPrice {
  return {
    likely: BigInt(Math.round(cost.likely)) / BATCH_DIVISOR,
    worst: cost.worst === undefined ? undefined : cost.worst / BATCH_DIVISOR,
  };
}
