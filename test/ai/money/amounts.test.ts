import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { amountColumn, showAmount } from '../../../src/ai/money/amounts.js';

describe('an amount', () => {
  it.each([
    [0n, '$0.00'],
    [1n, '$0.000000001'],
    [10_500_000n, '$0.0105'],
    [1_250_000_000n, '$1.25'],
    [3_456_789_012n, '$3.4568'],
    [999_999_999n, '$1.000'],
    [20_000_000_000n, '$20.00'],
    [2_073_048_300_000n, '$2073.05'],
    [-500_000_000n, '-$0.50'],
  ])('of %d nano-dollars shows as %s', (amount, shown) => {
    expect(showAmount(amount)).toBe(shown);
  });

  it('that is not zero never shows as zero', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 10n ** 15n }), (amount) => {
        expect(Number(showAmount(amount).slice(1))).toBeGreaterThan(0);
      }),
    );
  });

  it('has as many decimals as the others of its column', () => {
    expect(amountColumn([1_000_000_000n, 10_500_000n, 0n])).toEqual(['$1.0000', '$0.0105', '$0.0000']);
    expect(amountColumn([])).toEqual([]);
  });
});
