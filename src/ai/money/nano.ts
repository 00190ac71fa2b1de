import { parseDecimal, roundUp, times } from './rational.js';

/** An amount of money: an integer count of nano-dollars (10⁻⁹ US dollars). All sums of money are of this type. */
export type Nano = bigint;

export const NANO_PER_DOLLAR = 1_000_000_000n;

/**
 * Parses an amount in dollars, rounding down to whole nano-dollars: a limit never becomes larger than written.
 *
 * @throws RangeError when it is negative or not a decimal
 */
export function nanoOfDollars(dollars: string | number): Nano {
  const { numerator, denominator } = times(parseDecimal(dollars), NANO_PER_DOLLAR);
  return numerator / denominator;
}

/** Like {@link nanoOfDollars}, but rounded up: for amounts that were charged. */
export function chargeOfDollars(dollars: string | number): Nano {
  return roundUp(times(parseDecimal(dollars), NANO_PER_DOLLAR));
}

/** The amount in dollars as an exact decimal: `0.000045`, `20`, `-0.5`. */
export function dollarText(amount: Nano): string {
  const sign = amount < 0n ? '-' : '';
  const absolute = amount < 0n ? -amount : amount;
  const fraction = (absolute % NANO_PER_DOLLAR).toString().padStart(9, '0').replace(/0+$/, '');
  return `${sign}${absolute / NANO_PER_DOLLAR}${fraction === '' ? '' : `.${fraction}`}`;
}

/** The amount in dollars as a double, for JSON that people calculate with. Exact up to about nine million dollars. */
export function dollars(amount: Nano): number {
  return Number(dollarText(amount));
}
