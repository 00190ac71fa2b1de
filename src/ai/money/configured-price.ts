import { NANO_PER_DOLLAR } from './nano.js';
import type { Price } from './price.js';
import { dividedBy, parseDecimal, times, type Rational } from './rational.js';

/** Prices as a config writes them: dollars per token, as decimal text (exact) or a number. */
export interface CostPerToken {
  readonly input: string | number;
  readonly output: string | number;
  /** Default: as the provider bills them by its documentation, else as `input`. */
  readonly cache_read?: string | number | undefined;
  readonly cache_write?: string | number | undefined;
}

/** What a provider bills for cached tokens, in hundredths of its price of other input. */
export interface CacheRates {
  readonly read: bigint;
  /** To a cache that lives five minutes. */
  readonly write: bigint;
  readonly writeHour: bigint;
}

const AS_INPUT: CacheRates = { read: 100n, write: 100n, writeHour: 100n };

/** @throws RangeError when a price is negative or not a decimal */
export function configuredPrice(costs: CostPerToken, rates: CacheRates = AS_INPUT): Price {
  const input = nanoPerToken(costs.input);
  const written = costs.cache_write === undefined ? undefined : nanoPerToken(costs.cache_write);
  return {
    base: {
      input,
      cacheRead: costs.cache_read === undefined ? hundredths(input, rates.read) : nanoPerToken(costs.cache_read),
      cacheWrite: written ?? hundredths(input, rates.write),
      cacheWriteHour: written ?? hundredths(input, rates.writeHour),
      output: nanoPerToken(costs.output),
    },
    tiers: [],
  };
}

function hundredths(price: Rational, share: bigint): Rational {
  return dividedBy(times(price, share), 100n);
}

function nanoPerToken(dollarsPerToken: string | number): Rational {
  return times(parseDecimal(dollarsPerToken), NANO_PER_DOLLAR);
}
