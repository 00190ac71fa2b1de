import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseEmbedding, type AiClient, type CallResult, type UniversalRequest } from '../../../src/ai/index.js';
import { fakeVector, type FakeProvider } from '../../support/fake-provider.js';
import { answered, context, setupOf, stage, type Stage } from './setup.js';

let on: Stage;
beforeEach(() => {
  on = stage();
});
afterEach(() => on.close());

const EMBEDDERS = [
  { kind: 'openai', model: 'text-embedding-3-small' },
  { kind: 'openai-compatible', model: 'nomic-embed-text' },
  { kind: 'google', model: 'gemini-embedding-001' },
] as const;

function asks(input: string | readonly string[], model: string, dimensions?: number): UniversalRequest {
  const parsed = parseEmbedding(input, { model, dimensions });
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.request;
}

async function all(client: AiClient, requests: readonly UniversalRequest[]): Promise<readonly CallResult[]> {
  return await Promise.all(requests.map((one, i) => client.call(one, context({ identity: { occurrence: i } }))));
}

function sentTexts({ records }: FakeProvider): readonly string[] {
  return records.flatMap(({ call }) => call.texts);
}

describe.each(EMBEDDERS)('vectors of a provider of kind $kind', ({ kind, model }) => {
  it('come many in a request, one per text or a list per list, and never twice', async () => {
    const fake = await on.fake(kind);
    // Where nothing is written to a disk, all of them ask before any timer can fire.
    const client = await on.client([setupOf(fake, kind)], { store: { kind: 'memory' } });
    const requests = [
      ...Array.from({ length: 40 }, (_, i) => asks(`text ${i} ${'x'.repeat(i)}`, model, 5)),
      asks(['one', 'two'], model, 5),
      asks(['only'], model, 5),
    ];
    const results = (await all(client, requests)).map(answered);
    expect(results[7]).toMatchObject({ response: fakeVector('text 7 xxxxxxx', 5), model, provider: kind });
    expect(results[40]?.response).toEqual([fakeVector('one', 5), fakeVector('two', 5)]);
    expect(results[41]?.response).toEqual([fakeVector('only', 5)]);
    expect(sentTexts(fake)).toHaveLength(43);
    expect(fake.records.map(({ call }) => call.texts.length)).toEqual([43]);

    const again = (await all(client, requests)).map(answered);
    expect(again.every(({ cached }) => cached)).toBe(true);
    expect(again.map(({ response }) => response)).toEqual(results.map(({ response }) => response));
    expect(sentTexts(fake)).toHaveLength(43);
    expect(fake.deviations).toEqual([]);
  });
});

it('come from one model alone: no other one stands in for it', async () => {
  const down = await on.fake('openai', { faults: () => ({ kind: 'status', status: 413 }) });
  const [same, other] = [await on.fake('openai-compatible'), await on.fake('google')];
  const small = { name: 'vectors', as: 'text-embedding-3-small' };
  const client = await on.client([
    setupOf(down, 'openai', { models: [small] }),
    setupOf(other, 'google', { models: [{ name: 'vectors', as: 'gemini-embedding-001' }] }),
    setupOf(same, 'openai-compatible', { models: [small] }),
  ]);
  for (const text of ['a', 'b']) {
    const result = await client.call(asks(text, 'vectors'), context({ identity: { event: text }, route: 'ordered' }));
    expect(answered(result).provider).toBe('openai-compatible');
  }
  expect(down.records.length).toBeGreaterThan(0);
  expect(other.records).toEqual([]);
});

it('are booked to the nano-dollar, as the provider bills them together', async () => {
  const fake = await on.fake('openai', { price: { input: 20n, output: 0n } });
  const client = await on.client([setupOf(fake, 'openai', { cost_per_token: undefined })], { budget: { run: 1 } });
  const model = 'text-embedding-3-small';
  await all(
    client,
    Array.from({ length: 30 }, (_, i) => asks(`${'word '.repeat(i % 7)}${i}`, model)),
  );
  const { totals } = await client.status();
  expect(totals.exact).toBe(fake.billed);
  expect(fake.billed).toBeGreaterThan(0n);
});

it('fail for the one text that is refused, and for no other', async () => {
  const isPoisoned = (texts: readonly string[]): boolean => texts.some((text) => text.includes('poison'));
  const fake = await on.fake('openai', {
    faults: (_n, { texts }) => (isPoisoned(texts) ? { kind: 'status', status: 400, message: 'bad input' } : undefined),
  });
  const client = await on.client([setupOf(fake)]);
  const requests = Array.from({ length: 20 }, (_, i) =>
    asks(i === 13 ? 'poison' : `text ${i}`, 'text-embedding-3-small'),
  );
  const results = await all(client, requests);
  expect(results.flatMap(({ kind }, i) => (kind === 'answered' ? [] : [i]))).toEqual([13]);
  expect(results[13]).toMatchObject({ kind: 'failed', code: 'provider_error', message: 'openai: HTTP 400: bad input' });
});

it('are asked for again after a failure, which counts once for all that shared the request', async () => {
  const fake = await on.fake('openai', { faults: (n) => (n < 3 ? { kind: 'status', status: 500 } : undefined) });
  const breaker = { threshold: 5, openForMs: 1_000_000 };
  const client = await on.client([setupOf(fake, 'openai', { breaker })]);
  const requests = Array.from({ length: 30 }, (_, i) => asks(`text ${i}`, 'text-embedding-3-small'));
  const results = await all(client, requests);
  expect(results.every(({ kind }) => kind === 'answered')).toBe(true);
});

it('are not asked of a provider that has none', async () => {
  const fake = await on.fake('anthropic');
  const client = await on.client([setupOf(fake, 'anthropic')]);
  const [result] = await all(client, [asks('a', 'claude-3-haiku-20240307')]);
  expect(result).toMatchObject({ kind: 'failed', code: 'no_provider', message: 'anthropic has no embeddings' });
});

it.each([
  ['', 'the input: expected text, found empty text'],
  [7, 'the input: expected text, found 7'],
  [[], 'the input: expected a list of 1 to 100 texts, found 0'],
  [['a', null], 'the input, /1: expected text, found null'],
])('refuse the input %j', (input, problem) => {
  expect(parseEmbedding(input, { model: 'm' })).toEqual({ ok: false, problem });
});
