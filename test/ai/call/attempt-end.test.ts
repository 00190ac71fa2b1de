import { expect, it } from 'vitest';
import { endOf } from '../../../src/ai/call/attempt-end.js';
import type { ProviderLane } from '../../../src/ai/call/provider-lane.js';
import { configuredPrice, NO_TOKENS, type Price } from '../../../src/ai/money/index.js';
import type { ProviderAnswer } from '../../../src/ai/provider/index.js';

const REQUEST = { model: 'm', messages: [{ role: 'user' as const, content: 'hi' }], maxOutputTokens: 10 };
const ANSWER: ProviderAnswer = {
  text: 'yes',
  finish: { kind: 'complete', reason: 'stop' },
  model: 'm',
  tokens: { ...NO_TOKENS, input: 10, output: 10 },
  rawUsage: {},
  reportedCost: 0n,
  limits: {},
  warnings: [],
};

function costBy(configured: Price | undefined): bigint | null {
  const lane: Pick<ProviderLane, 'configuredPriceOf' | 'priceOf'> = {
    configuredPriceOf: () => configured,
    priceOf: () => configured ?? null,
  };
  return endOf(ANSWER, lane, REQUEST, 1_000_000n, 0, 5).cost;
}

it('books the price of the config, whatever an answer says that it costs', () => {
  expect(costBy(configuredPrice({ input: 0.001, output: 0.002 }))).toBe(30_000_000n);
  expect(costBy(undefined)).toBe(0n);
});
