import { inputTokens, type BillableTokens } from './billable.js';
import type { Nano } from './nano.js';
import { add, dividedBy, larger, roundUp, times, ZERO, type Rational } from './rational.js';

/** Nano-dollars per token, exactly, by class. */
export interface Rates {
  readonly input: Rational;
  readonly cacheRead: Rational;
  readonly cacheWrite: Rational;
  readonly cacheWriteHour: Rational;
  readonly output: Rational;
}

/** The price of a model. A request whose input has more than `above` tokens is billed entirely by that tier's rates. */
export interface Price {
  readonly base: Rates;
  /** In ascending order of `above`. */
  readonly tiers: readonly { readonly above: number; readonly rates: Rates }[];
}

/** The cost of these tokens: exact, then rounded up to a whole nano-dollar once. */
export function costOf(price: Price, tokens: BillableTokens): Nano {
  const rates = ratesFor(price, inputTokens(tokens));
  const sum = [
    times(rates.input, BigInt(tokens.input)),
    times(rates.cacheRead, BigInt(tokens.cacheRead)),
    times(rates.cacheWrite, BigInt(tokens.cacheWrite)),
    times(rates.cacheWriteHour, BigInt(tokens.cacheWriteHour)),
    times(rates.output, BigInt(tokens.output)),
  ].reduce(add, ZERO);
  return roundUp(sum);
}

/**
 * The most that a request can cost: every input token at the most expensive input class, in the most expensive tier that it can
 * reach, and the whole output cap.
 *
 * @param inputTokensMax no request text has more tokens than this
 * @param outputTokensMax the output cap that is sent along
 */
export function worstCostOf(price: Price, inputTokensMax: number, outputTokensMax: number): Nano {
  const reachable = [
    price.base,
    ...price.tiers.filter((tier) => inputTokensMax > tier.above).map((tier) => tier.rates),
  ];
  return reachable
    .map((rates) => {
      const dearestInput = [rates.cacheRead, rates.cacheWrite, rates.cacheWriteHour].reduce(larger, rates.input);
      return roundUp(add(times(dearestInput, BigInt(inputTokensMax)), times(rates.output, BigInt(outputTokensMax))));
    })
    .reduce((most, cost) => (cost > most ? cost : most), 0n);
}

function ratesFor(price: Price, input: number): Rates {
  return price.tiers.findLast((tier) => input > tier.above)?.rates ?? price.base;
}

/** A fraction of a price, exactly. */
export function partOf(price: Price, divisor: bigint): Price {
  return {
    base: partOfRates(price.base, divisor),
    tiers: price.tiers.map(({ above, rates }) => ({ above, rates: partOfRates(rates, divisor) })),
  };
}

function partOfRates({ input, cacheRead, cacheWrite, cacheWriteHour, output }: Rates, divisor: bigint): Rates {
  return {
    input: dividedBy(input, divisor),
    cacheRead: dividedBy(cacheRead, divisor),
    cacheWrite: dividedBy(cacheWrite, divisor),
    cacheWriteHour: dividedBy(cacheWriteHour, divisor),
    output: dividedBy(output, divisor),
  };
}
