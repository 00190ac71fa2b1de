import { NANO_PER_DOLLAR } from './nano.js';
import type { Price } from './price.js';
import { parseDecimal, times, type Rational } from './rational.js';

/** Prices as a config writes them: dollars per token, as decimal text (exact) or a number. */
export interface CostPerToken {
  readonly input: string | number;
  readonly output: string | number;
  /** Default: as `input`. */
  readonly cache_read?: string | number | undefined;
  /** Default: as `input`. */
  readonly cache_write?: string | number | undefined;
}

/** @throws RangeError when a price is negative or not a decimal */
export function configuredPrice(costs: CostPerToken): Price {
  const cacheWrite = nanoPerToken(costs.cache_write ?? costs.input);
  return {
    base: {
      input: nanoPerToken(costs.input),
      cacheRead: nanoPerToken(costs.cache_read ?? costs.input),
      cacheWrite,
      cacheWriteHour: cacheWrite,
      output: nanoPerToken(costs.output),
    },
    tiers: [],
  };
}

function nanoPerToken(dollarsPerToken: string | number): Rational {
  return times(parseDecimal(dollarsPerToken), NANO_PER_DOLLAR);
}
