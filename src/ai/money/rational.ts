/** An exact non-negative fraction. `denominator` is positive; the fraction need not be in lowest terms. */
export interface Rational {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

export const ZERO: Rational = { numerator: 0n, denominator: 1n };

const DECIMAL = /^\+?([0-9]*)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]{1,4}))?$/;

/**
 * Parses a non-negative decimal exactly: `0.00003`, `3e-5`, `100`. A `number` stands for its shortest decimal text, which is what
 * a person wrote into a config.
 *
 * @throws RangeError when it is negative or not a decimal
 */
export function parseDecimal(decimal: string | number): Rational {
  const text = String(decimal).trim();
  const [, whole = '', fraction = '', exponent = '0'] = DECIMAL.exec(text) ?? [];
  if (whole === '' && fraction === '')
    throw new RangeError(`${JSON.stringify(text)} is not an amount: expected a decimal like 0.00003`);
  const power = Number(exponent) - fraction.length;
  const digits = BigInt(whole + fraction);
  return power >= 0
    ? { numerator: digits * 10n ** BigInt(power), denominator: 1n }
    : { numerator: digits, denominator: 10n ** BigInt(-power) };
}

export function add(a: Rational, b: Rational): Rational {
  if (a.denominator === b.denominator) return { numerator: a.numerator + b.numerator, denominator: a.denominator };
  return {
    numerator: a.numerator * b.denominator + b.numerator * a.denominator,
    denominator: a.denominator * b.denominator,
  };
}

/** `a` × `factor`, for an integer factor of at least 0. */
export function times(a: Rational, factor: bigint): Rational {
  return { numerator: a.numerator * factor, denominator: a.denominator };
}

export function dividedBy(a: Rational, divisor: bigint): Rational {
  return { numerator: a.numerator, denominator: a.denominator * divisor };
}

export function larger(a: Rational, b: Rational): Rational {
  return a.numerator * b.denominator >= b.numerator * a.denominator ? a : b;
}

/** The smallest integer that is not below `a`. */
export function roundUp(a: Rational): bigint {
  return (a.numerator + a.denominator - 1n) / a.denominator;
}
