import { dollarText, type Nano } from './nano.js';

const DECIMALS_MAX = 9;
const NANO_PER_DOLLAR = 1_000_000_000n;
/** Below a dollar, this many digits distinguish amounts … */
const DIGITS = 3;
/** … above a dollar, this many decimals, and fewer if they don't matter. */
const DECIMALS = 4;
const DECIMALS_OF_MUCH = 2;
const MUCH = 100n * NANO_PER_DOLLAR;

/** Formats the amounts of one column with the same number of decimals, the most that any of them needs, rounded to the nearest. */
export function amountColumn(amounts: readonly Nano[]): readonly string[] {
  const decimals = amounts.reduce((most, amount) => Math.max(most, decimalsOf(amount)), 2);
  const step = 10n ** BigInt(DECIMALS_MAX - decimals);
  return amounts.map((amount) => {
    const rounded = ((amount + step / 2n) / step) * step;
    const [whole = '0', fraction = ''] = dollarText(rounded).split('.');
    return `$${whole}.${fraction.padEnd(decimals, '0')}`;
  });
}

/** Formats a single amount: `$1.25`, `$0.0105`. A nonzero amount never shows as zero. */
export function showAmount(amount: Nano): string {
  const [shown = ''] = amountColumn([amount < 0n ? -amount : amount]);
  return amount < 0n ? `-${shown}` : shown;
}

function decimalsOf(amount: Nano): number {
  const [, fraction = ''] = dollarText(amount).split('.');
  if (amount >= MUCH) return Math.min(fraction.length, DECIMALS_OF_MUCH);
  const wanted = amount >= NANO_PER_DOLLAR ? DECIMALS : fraction.length - fraction.replace(/^0+/, '').length + DIGITS;
  return Math.min(fraction.length, wanted);
}
