import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { answered, context, request, setupOf, stage, type Stage } from './setup.js';

let on: Stage;
beforeEach(() => {
  on = stage();
});
afterEach(() => on.close());

describe('an estimate', () => {
  it('is never below the call’s actual cost, at the most expensive provider that may serve', async () => {
    const cheap = await on.fake('openai');
    const dear = await on.fake('openai-compatible', { price: { input: 90_000n, output: 180_000n } });
    const client = await on.client([
      setupOf(cheap),
      setupOf(dear, 'openai-compatible', { cost_per_token: { input: '0.00009', output: '0.00018' } }),
    ]);
    const estimate = await client.estimate(request('how much is it'), context());
    expect(estimate).toMatchObject({ kind: 'possible', provider: 'openai', journaled: false });
    if (estimate.kind !== 'possible') return;
    await client.call(request('how much is it'), context());
    expect(estimate.cost.worst).toBeGreaterThanOrEqual(cheap.billed * 3n);
    expect(estimate.cost.likely).toBeLessThan(estimate.cost.worst ?? 0n);
    expect(dear.records).toEqual([]);
  });

  it('says what a second attempt can add: the larger cap, and for a schema the first answer sent back', async () => {
    const fake = await on.fake();
    const client = await on.client([setupOf(fake)]);
    const asked = { ...request('x'), max_tokens: 100 };
    const plain = await client.estimate(asked, context());
    const capped = await client.estimate(asked, context({ schema: { type: 'object' } }));
    if (plain.kind !== 'possible' || capped.kind !== 'possible') throw new Error('not possible');
    // 400 output tokens in place of 100.
    expect((plain.cost.mending ?? 0n) - (plain.cost.worst ?? 0n)).toBe(300n * 60_000n);
    expect(capped.cost.mending).toBeGreaterThan(plain.cost.mending ?? 0n);
  });

  it('knows a request that no rate limit will ever let through', async () => {
    const fake = await on.fake();
    const client = await on.client([setupOf(fake, 'openai', { rate_limit: { tokens_per_minute: 50 } })]);
    const estimate = await client.estimate({ ...request('x'), max_tokens: 60 }, context());
    expect(estimate).toMatchObject({ kind: 'impossible', journaled: false });
    if (estimate.kind === 'impossible') expect(estimate.message).toContain('more than the 50 per minute');
  });
});

describe('recall', () => {
  it('gives what the journal has, and sends nothing for what it has not', async () => {
    const fake = await on.fake();
    const client = await on.client([setupOf(fake)]);
    await client.call(request('known'), context());
    const recalled = await client.recall(request('known'), context());
    expect(recalled && answered(recalled)).toMatchObject({ response: 'KNOWN', cached: true });
    expect(await client.recall(request('unknown'), context())).toBeUndefined();
    expect(await client.recall(request('known'), context({ live: true }))).toBeUndefined();
    expect(fake.records).toHaveLength(1);
  });
});
