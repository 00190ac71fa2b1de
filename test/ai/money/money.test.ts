import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  chargeOfDollars,
  configuredPrice,
  costOf,
  dollarText,
  loadPriceTable,
  nanoOfDollars,
  NO_TOKENS,
  totalTokens,
  worstCostOf,
} from '../../../src/ai/money/index.js';

const seedPrice = configuredPrice({ input: 0.00003, output: 0.00006 });

describe('money', () => {
  it('reads decimals exactly, however they are written', () => {
    expect(nanoOfDollars('0.00003')).toBe(30_000n);
    expect(nanoOfDollars(3e-5)).toBe(30_000n);
    expect(nanoOfDollars('20')).toBe(20_000_000_000n);
    expect(nanoOfDollars(100.0)).toBe(100_000_000_000n);
    expect(nanoOfDollars('1e3')).toBe(1_000_000_000_000n);
    expect(nanoOfDollars('.5')).toBe(500_000_000n);
  });

  it('never makes a limit larger, nor a charge smaller, than it was written', () => {
    expect(nanoOfDollars('0.0000000019')).toBe(1n);
    expect(chargeOfDollars('0.0000000011')).toBe(2n);
  });

  it.each(['', '-1', '1,5', 'ten', '1e', '.', 'NaN', 'Infinity'])('refuses %j as an amount', (text) => {
    expect(() => nanoOfDollars(text)).toThrow(RangeError);
  });

  it('prints what it reads', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 24n }), (amount) => {
        expect(nanoOfDollars(dollarText(amount))).toBe(amount);
      }),
    );
  });
});

describe('the cost of a call', () => {
  it("is the seed's example to the nano-dollar", () => {
    expect(costOf(seedPrice, { ...NO_TOKENS, input: 1000, output: 100 })).toBe(36_000_000n);
  });

  it('is rounded up once per call, not once per token or class', () => {
    const third = configuredPrice({ input: '0.0000000003', output: '0.0000000003' });
    expect(costOf(third, { ...NO_TOKENS, input: 1, output: 1 })).toBe(1n);
    expect(costOf(third, { ...NO_TOKENS, input: 10, output: 10 })).toBe(6n);
  });

  it('is never above its worst case, whatever the classes are', () => {
    const count = fc.integer({ min: 0, max: 400_000 });
    const tokens = fc.record({
      input: count,
      cacheRead: count,
      cacheWrite: count,
      cacheWriteHour: count,
      output: count,
    });
    const rate = fc.integer({ min: 0, max: 1_000_000 }).map((n) => `${n}e-10`);
    const price = fc
      .record({ input: rate, output: rate, cache_read: rate, cache_write: rate })
      .map(configuredPrice)
      .chain((base) =>
        fc.constant(base).map((p) => ({
          base: p.base,
          tiers: [{ above: 200_000, rates: { ...p.base, output: seedPrice.base.output } }],
        })),
      );
    fc.assert(
      fc.property(price, tokens, (p, t) => {
        expect(costOf(p, t)).toBeLessThanOrEqual(worstCostOf(p, totalTokens(t) - t.output, t.output));
      }),
    );
  });
});

describe('the price table', () => {
  const noon = Date.UTC(2026, 6, 1, 12);

  it('knows the models of the seed', async () => {
    const table = await loadPriceTable();
    const cost = (vendor: string, model: string) => {
      const price = table.priceOf({ id: vendor }, model, noon);
      return price === null ? null : costOf(price, { ...NO_TOKENS, input: 1_000_000, output: 1_000_000 });
    };
    expect(cost('openai', 'gpt-4')).toBe(90_000_000_000n);
    expect(cost('anthropic', 'claude-3-haiku')).toBe(1_500_000_000n);
    expect(cost('google', 'gemini-2.5-flash')).toBeGreaterThan(0n);
  });

  it('prices fractions of a nano-dollar per token exactly', async () => {
    const table = await loadPriceTable();
    const price = table.priceOf({ id: 'openai' }, 'gpt-4o-mini', noon);
    expect(price && costOf(price, { ...NO_TOKENS, cacheRead: 3 })).toBe(225n);
  });

  it('bills a long request by the long-context tier, whole', async () => {
    const table = await loadPriceTable();
    const price = table.priceOf({ id: 'google' }, 'gemini-2.5-pro', noon);
    expect(price && costOf(price, { ...NO_TOKENS, input: 200_000 })).toBe(250_000_000n);
    expect(price && costOf(price, { ...NO_TOKENS, input: 200_001 })).toBe(500_002_500n);
    expect(price && costOf(price, { ...NO_TOKENS, input: 200_001, output: 1000 })).toBe(515_002_500n);
  });

  it('has no price for what it does not know, be it the model or the vendor', async () => {
    const table = await loadPriceTable();
    expect(table.priceOf({ id: 'openai' }, 'my-own-model', noon)).toBeNull();
    expect(table.priceOf({ url: 'http://localhost:11434/v1' }, 'gpt-4', noon)).toBeNull();
  });
});
