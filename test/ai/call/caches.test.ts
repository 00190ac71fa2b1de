import { afterEach, beforeEach, expect, it } from 'vitest';
import { parseRequest, type AiClient } from '../../../src/ai/index.js';
import { expectMoneyConserved, ledgerTotals } from '../chaos/laws.js';
import { seededFaults } from '../../support/fake-faults.js';
import type { FakeWireName } from '../../support/fake-provider.js';
import { answered, context, setupOf, stage, type Stage } from './setup.js';

let on: Stage;
beforeEach(() => {
  on = stage();
});
afterEach(() => on.close());

const TASK = `You classify reviews. ${'Of each say what it is about. '.repeat(200)}`;

/** A request of a row as a stage with `cache: true` has it. */
function ask(client: AiClient, row: string, occurrence: number, more = {}) {
  const parsed = parseRequest({ model: 'm', system: TASK, prompt: `Review: ${row}` });
  if (!parsed.ok) throw new Error(parsed.problem);
  const cache = { messages: 1, parts: 0, text: 'Review: ' };
  return client.call(parsed.request, context({ identity: { occurrence }, maxTokens: 50, cache, ...more }));
}

it.each([
  ['anthropic', {}],
  ['openai', { cache_read: '0.000015' }],
  ['google', { cache_read: '0.0000075' }],
] as const)('cached tokens are billed as %s does, to the nano-dollar', async (wire: FakeWireName, rates) => {
  const fake = await on.fake(wire, { cachesFrom: 1024 });
  const cost_per_token = { input: '0.00003', output: '0.00006', ...rates };
  const client = await on.client([setupOf(fake, wire, { models: [{ name: 'm' }], cost_per_token })]);
  for (let i = 0; i < 5; i++) {
    const { usage } = answered(await ask(client, `row ${i}`, i));
    expect(usage.cached_tokens > 1024).toBe(i > 0);
  }
  await client.close();
  const totals = await ledgerTotals(on.folder);
  expect(totals.exact).toBe(fake.billed);
  expectMoneyConserved(totals, [fake]);
  expect(totals.cacheReadTokens).toBe(fake.records.reduce((sum, { usage }) => sum + (usage.cacheRead ?? 0), 0));
  const written = fake.records.reduce((sum, { usage }) => sum + (usage.cacheWrite ?? 0), 0);
  expect(totals.cacheWriteTokens).toBe(written);
  expect(written > 0).toBe(wire === 'anthropic');
  // What requests have in common comes first, byte for byte.
  const texts = fake.records.map(({ call }) => call.texts.join('\n'));
  expect(texts.every((text) => text.startsWith(`${TASK}\nReview: `))).toBe(true);
});

it('a mark changes nothing about the answer: what was answered without one is not asked again', async () => {
  const fake = await on.fake('anthropic', { cachesFrom: 1024 });
  const client = await on.client([setupOf(fake, 'anthropic', { models: [{ name: 'm' }] })]);
  await ask(client, 'row', 0, { cache: undefined });
  expect(answered(await ask(client, 'row', 0))).toMatchObject({ cached: true });
  expect(fake.records).toHaveLength(1);
});

it('where no cache is known, that is said, and nothing is marked', async () => {
  const fake = await on.fake('openai-compatible');
  const client = await on.client([setupOf(fake, 'openai-compatible', { models: [{ name: 'm' }] })]);
  answered(await ask(client, 'row', 0));
  expect(on.notices.map(({ message }) => message)).toEqual([
    'openai-compatible does not support all of the request for m: cache: no cache is known of it',
  ]);
});

it('with a schema in words, these come first', async () => {
  const fake = await on.fake('anthropic', { cachesFrom: 1024, reply: () => '{"a":1}' });
  const client = await on.client([setupOf(fake, 'anthropic', { models: [{ name: 'm' }] })]);
  const how = { schema: { type: 'object' }, schemaMode: 'prompt' as const };
  for (let i = 0; i < 2; i++) expect(answered(await ask(client, `row ${i}`, i, how)).response).toEqual({ a: 1 });
  expect(fake.records.map(({ usage }) => (usage.cacheRead ?? 0) > 1024)).toEqual([false, true]);
  expect(fake.records[0]?.call.cached).toContain('JSON Schema');
});

it.each([1, 2, 3])('money is conserved, whatever goes wrong (seed %i)', async (seed) => {
  const timeouts = { connectMs: 1000, firstByteMs: 150, idleMs: 150, totalMs: 1500 };
  const fakes = await Promise.all(
    (['anthropic', 'openai'] as const).map((wire) =>
      on.fake(wire, { cachesFrom: 100, faults: seededFaults(seed, 0.4) }),
    ),
  );
  const lanes = fakes.map((fake, i) =>
    setupOf(fake, i === 0 ? 'anthropic' : 'openai', {
      models: [{ name: 'm' }],
      timeouts,
      breaker: { threshold: 50, openForMs: 5 },
      cost_per_token: { input: '0.00003', output: '0.00006', ...(i === 1 && { cache_read: '0.000015' }) },
    }),
  );
  const client = await on.client(lanes, { budget: { daily: '100' } });
  const results = await Promise.all(Array.from({ length: 20 }, (_, i) => ask(client, `row ${i}`, i)));
  for (const { kind } of results) expect(['answered', 'failed']).toContain(kind);
  const { spent } = await client.status();
  await client.close();
  const totals = await ledgerTotals(on.folder);
  expectMoneyConserved(totals, fakes);
  expect(spent).toBe(totals.exact + totals.estimatedAtMost + totals.unknownAtMost);
});

it('the fake refuses what Anthropic refuses of marks', async () => {
  const fake = await on.fake('anthropic');
  const mark = { cache_control: { type: 'ephemeral' } };
  const post = async (system: readonly unknown[]): Promise<string> => {
    const messages = [{ role: 'user', content: [{ type: 'text', text: 'x' }] }];
    const response = await fetch(`${fake.url}/messages`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'anthropic-version': '2023-06-01',
        'x-api-key': fake.apiKey,
      },
      body: JSON.stringify({ model: 'm', max_tokens: 5, system, messages }),
    });
    return `${response.status} ${await response.text()}`;
  };
  const block = { type: 'text', text: 's', ...mark };
  expect(await post([block, block, block, block])).toMatch(/^200/);
  expect(await post([block, block, block, block, block])).toMatch(/^400.*maximum of 4 blocks with cache_control/);
  expect(await post([{ ...block, text: ' ' }])).toMatch(/^400.*cache_control cannot be set for empty text blocks/);
  expect(await post([{ ...block, cache_control: { type: 'ephemeral', ttl: '2h' } }])).toMatch(/^400/);
});
