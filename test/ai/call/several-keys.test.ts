import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AiClient, CallResult, LaneOptions } from '../../../src/ai/index.js';
import type { FakeProvider, FakeProviderOptions } from '../../support/fake-provider.js';
import type { Fault } from '../../support/fake-faults.js';
import { createFakeWorld } from '../../support/fake-world.js';
import { answered, context, patientWorld, request, setupOf, stage, type Stage } from './setup.js';

let on: Stage;
beforeEach(() => {
  on = stage();
});
afterEach(() => on.close());

const KEYS = ['sk-one-11111', 'sk-two-22222', 'sk-three-3333'] as const;
const [ONE, TWO, THREE] = KEYS;
const status = (code: number, more: Partial<Fault> = {}): Fault => ({ kind: 'status', status: code, ...more }) as Fault;
const revoked = (key: string): Fault =>
  status(401, { type: 'invalid_api_key', message: `Incorrect API key provided: ${key}` });
const limited = status(429, { headers: { 'retry-after': '60' } });

const fakeOf = (options: Partial<FakeProviderOptions> = {}): Promise<FakeProvider> =>
  on.fake('openai', { apiKey: ONE, otherKeys: KEYS.slice(1), ...options });

function keyed(fake: FakeProvider, keys: readonly string[] = KEYS, more: Partial<LaneOptions> = {}): LaneOptions {
  return setupOf(fake, 'openai', { apiKeys: keys.map((key) => ({ reveal: () => key })), ...more });
}

function askAll(client: AiClient, count: number, start = 0): Promise<readonly CallResult[]> {
  const asking = (_: unknown, i: number) => client.call(request(`row ${start + i}`), context());
  return Promise.all(Array.from({ length: count }, asking));
}

/** A client over a clock that stands still while a request is under way. */
async function clientBy(setup: LaneOptions) {
  const time = createFakeWorld();
  let busy = 0;
  const hooks = { onLimiterWait: () => void (busy += 1), onAttempt: () => void (busy -= 1) };
  const client = await on.client([setup], { hooks, store: { kind: 'memory' } }, patientWorld(time).world);
  const from = time.now();
  return {
    client,
    passed: () => time.now() - from,
    until: <T>(promise: Promise<T>): Promise<T> => time.until(promise, () => busy > 0),
  };
}

const keysOf = ({ records }: FakeProvider): readonly string[] => records.map(({ key }) => key);
const retry = (attemptsMax: number) => ({ attemptsMax, baseDelayMs: 5, delayMsMax: 20, retryAfterMsMax: 120_000 });

describe('several keys of a provider', () => {
  it('serve as much as their limits allow together, and none is sent more than its own', async () => {
    const fake = await fakeOf();
    const setup = keyed(fake, KEYS, { rate_limit: { requests_per_minute: 30 } });
    const { client, passed, until } = await clientBy(setup);
    const results = await until(askAll(client, 90));
    expect(new Set(results.map(({ kind }) => kind))).toEqual(new Set(['answered']));
    expect(KEYS.map((key) => keysOf(fake).filter((one) => one === key).length)).toEqual([30, 30, 30]);
    // One at once, and the others two seconds apart.
    expect(passed()).toBe(58_000);
    await until(client.close());
  });

  it('stand in for each other without a wait when one has too many requests, and the row has not failed', async () => {
    const fake = await fakeOf({ faults: (_n, _call, key) => (key === THREE ? undefined : limited) });
    const { client, passed, until } = await clientBy(keyed(fake, KEYS, { retry: retry(1) }));
    expect(await until(client.call(request('hi'), context()))).toMatchObject({ kind: 'answered', attempts: 3 });
    expect(await until(client.call(request('ho'), context()))).toMatchObject({ kind: 'answered', attempts: 1 });
    expect(keysOf(fake)).toEqual([ONE, TWO, THREE, THREE]);
    expect(passed()).toBe(0);
    await until(client.close());
  });

  it.each([
    ['revoked', revoked(TWO), 'Incorrect API key provided: ***'],
    ['out of credit', status(429, { type: 'insufficient_quota', message: 'You exceeded your quota' }), 'your quota'],
  ])('go on without one that is %s in the middle of a run, and people are told once', async (_what, fault, words) => {
    let isOver = false;
    const fake = await fakeOf({ faults: (_n, _call, key) => (isOver && key === TWO ? fault : undefined) });
    const client = await on.client([keyed(fake, KEYS, { maxConcurrency: 2 })]);
    expect((await askAll(client, 12)).every(({ kind }) => kind === 'answered')).toBe(true);
    isOver = true;
    expect((await askAll(client, 12, 12)).every(({ kind }) => kind === 'answered')).toBe(true);
    const before = fake.records.length;
    expect((await askAll(client, 12, 24)).every(({ kind }) => kind === 'answered')).toBe(true);
    expect(keysOf(fake).slice(before)).not.toContain(TWO);
    expect(on.notices.map(({ kind }) => kind)).toEqual(['provider-down']);
    expect(on.notices[0]?.message).toMatch(/^openai#2: HTTP 4\d\d: .*not used any more in this run$/);
    expect(on.notices[0]?.message).toContain(words);
    expect(JSON.stringify(on.notices)).not.toMatch(new RegExp(KEYS.join('|')));
    const { providers } = await client.status();
    expect(providers.map(({ name, breaker }) => `${name} ${breaker.kind}`)).toEqual([
      'openai closed',
      'openai#2 down',
      'openai#3 closed',
    ]);
  });

  it('are down when all of them are', async () => {
    const fake = await fakeOf({ faults: (_n, _call, key) => revoked(key) });
    const client = await on.client([keyed(fake)]);
    const result = await client.call(request('hi'), context());
    expect(result).toMatchObject({ kind: 'stopped', reason: 'provider-refused' });
    expect('message' in result && result.message).toContain(
      'openai not_authorized, openai#2 not_authorized, openai#3 not_authorized',
    );
    expect(keysOf(fake)).toEqual([...KEYS]);
  });

  it('are waited for when one is revoked and the others have too many requests', async () => {
    const wait = status(429, { headers: { 'retry-after': '100000' } });
    const fake = await fakeOf({ faults: (_n, _call, key) => (key === ONE ? revoked(key) : wait) });
    const client = await on.client([keyed(fake)]);
    expect(await client.call(request('hi'), context())).toMatchObject({ kind: 'stopped', reason: 'provider-limit' });
  });

  it('stop for no single row: the last one left may refuse it', async () => {
    const fake = await fakeOf({
      faults: (_n, { texts }, key) => (key !== TWO ? revoked(key) : texts.at(-1) === 'bad' ? status(403) : undefined),
    });
    const client = await on.client([keyed(fake)]);
    const ends: string[] = [];
    for (const row of ['a', 'bad', 'b']) ends.push((await client.call(request(row), context())).kind);
    expect(ends).toEqual(['answered', 'failed', 'answered']);
  });

  it.each<[string, Fault, readonly string[]]>([
    ['an invalid request', status(400), [ONE]],
    ['a filtered request', status(400, { type: 'content_filter', message: 'violence' }), [ONE]],
    ['a request that is too long', status(400, { message: 'maximum context length' }), [ONE]],
    // Another account may have the model, or a higher limit.
    ['a model that is not there', status(404, { type: 'model_not_found' }), KEYS],
    ['a request for more than a minute’s tokens', status(429, { message: 'Request too large for gpt-4o' }), KEYS],
    ['a request that is not allowed', status(403), KEYS],
  ])('are asked for %s only where they may answer differently', async (_what, fault, asked) => {
    const fake = await fakeOf({ faults: () => fault });
    const client = await on.client([keyed(fake)]);
    expect(await client.call(request('bad'), context())).toMatchObject({ kind: 'failed' });
    expect(keysOf(fake)).toEqual(asked);
  });

  it('have the attempts of one, for a server that fails with each of them', async () => {
    const fake = await fakeOf({ faults: (_n, { texts }) => (texts.at(-1) === 'bad' ? status(500) : undefined) });
    const client = await on.client([keyed(fake, KEYS, { retry: retry(2) })]);
    await askAll(client, 3);
    const before = fake.records.length;
    expect(await client.call(request('bad'), context())).toMatchObject({ kind: 'failed', code: 'provider_error' });
    expect(fake.records.length - before).toBe(2);
  });

  it('have all attempts left when some of them were turned away', async () => {
    const turnsAway = new Map<string, Fault>([
      [ONE, revoked(ONE)],
      [TWO, status(403)],
    ]);
    let failures = 0;
    const fake = await fakeOf({
      faults: (_n, _call, key) => turnsAway.get(key) ?? (failures++ === 0 ? status(500) : undefined),
    });
    const client = await on.client([keyed(fake, KEYS, { retry: retry(2) })]);
    expect(await client.call(request('hi'), context())).toMatchObject({ kind: 'answered', attempts: 4 });
  });

  it('are given up together where there is no server, and that is told once', async () => {
    const patient = { ...retry(4), baseDelayMs: 500, delayMsMax: 30_000 };
    const setup = keyed(await fakeOf(), KEYS, { baseUrl: 'http://127.0.0.1:1/v1', retry: patient });
    const { client, passed, until } = await clientBy(setup);
    expect(await until(client.call(request('hi'), context()))).toMatchObject({ reason: 'providers-down' });
    expect(passed()).toBeLessThan(60_000);
    expect(on.notices.filter(({ message }) => message.includes('tried again for 30 s'))).toHaveLength(1);
    await until(client.close());
  });

  it('fail a row that opens the breakers of those left all by itself', async () => {
    const fake = await fakeOf({
      faults: (_n, { texts }, key) => (key === ONE ? revoked(key) : texts.at(-1) === 'bad' ? status(503) : undefined),
    });
    const setup = keyed(fake, KEYS, { breaker: { threshold: 1, openForMs: 3_600_000 } });
    const client = await on.client([setup], { providerWaitMs: 1000 });
    expect(await client.call(request('bad'), context())).toMatchObject({ kind: 'failed', code: 'provider_error' });
  });

  it('learn from each other how the server wants to be asked', async () => {
    const fake = await fakeOf({ takes: ['json_object'] });
    const client = await on.client([keyed(fake, KEYS, { maxConcurrency: 1 })]);
    const schema = { type: 'object', properties: { a: { type: 'string' } } };
    const ask = (row: number) => client.call(request(`{"a":"${row}"}`), context({ schema }));
    answered(await ask(0));
    const learned = fake.records.length;
    (await Promise.all([1, 2, 3].map(ask))).forEach(answered);
    expect(new Set(keysOf(fake))).toEqual(new Set(KEYS));
    expect(fake.records.slice(learned).every(({ call }) => call.format === 'json_object')).toBe(true);
  });

  it('are one provider in the journal and the books, however many they are', async () => {
    const fake = await fakeOf();
    const rows = async (keys: readonly string[], more: Partial<LaneOptions> = {}) => {
      const client = await on.client([keyed(fake, keys, more)]);
      const results = await askAll(client, 6);
      const spent = await client.spentToday();
      await client.close();
      return { results: results.map((result) => answered(result)), spent };
    };
    const first = await rows(KEYS, { maxConcurrency: 1 });
    expect(new Set(keysOf(fake))).toEqual(new Set(KEYS));
    expect(new Set(first.results.map(({ provider }) => provider))).toEqual(new Set(['openai']));
    expect(first.spent.map(({ provider }) => provider)).toEqual(['openai']);
    for (const keys of [[TWO], [THREE, ONE], KEYS])
      expect((await rows(keys)).results.every(({ cached }) => cached)).toBe(true);
    expect(fake.records).toHaveLength(6);
  });

  it('take their limits from their own answers', async () => {
    const fake = await fakeOf({
      headers: (_call, key) => ({ 'x-ratelimit-limit-requests': key === ONE ? '1' : '6000' }),
    });
    const { client, passed, until } = await clientBy(keyed(fake, [ONE, TWO]));
    await until(askAll(client, 1));
    await until(askAll(client, 10, 1));
    expect(passed()).toBe(0);
    const limits = client.providers().map(({ name, limits: { requestsPerMinute } }) => [name, requestsPerMinute]);
    expect(limits).toEqual([
      ['openai', 1],
      ['openai#2', 6000],
    ]);
    await until(client.close());
  });

  it('ask for vectors in as few requests as one does', async () => {
    const fake = await fakeOf();
    const time = createFakeWorld();
    const setup = keyed(fake, KEYS, { models: [{ name: 'text-embedding-3-small' }] });
    const client = await on.client([setup], { store: { kind: 'memory' } }, patientWorld(time).world);
    const ask = (text: string) =>
      client.call({ ...request(text, 'text-embedding-3-small'), embedding: { dimensions: 4, many: false } }, context());
    const results = await time.until(Promise.all(['a', 'b', 'c', 'd'].map(ask)));
    expect(results.every(({ kind }) => kind === 'answered')).toBe(true);
    expect(keysOf(fake)).toEqual([ONE]);
    await time.until(client.close());
  });
});
