import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openBooks, type CallResult } from '../../../src/ai/index.js';
import { realWorld } from '../../../src/ai/ai-world.js';
import { until } from '../../support/daemon.js';
import { createFakeWorld, type FakeWorld } from '../../support/fake-world.js';
import type { Fault } from '../../support/fake-faults.js';
import type { FakeCall } from '../../support/fake-wire.js';
import { context, patientWorld, request, setupOf, stage, type Stage } from './setup.js';

let on: Stage;
beforeEach(() => {
  on = stage();
});
afterEach(() => on.close());

const status = (code: number, more: Partial<Fault> = {}): Fault => ({ kind: 'status', status: code, ...more }) as Fault;
/** This fault for rows whose text begins so. */
const onRows =
  (start: string, fault: Fault) =>
  (_n: number, { texts }: FakeCall): Fault | undefined =>
    texts.at(-1)?.startsWith(start) === true ? fault : undefined;
/** Milliseconds as in a config without any. */
const RETRY = { attemptsMax: 4, baseDelayMs: 500, delayMsMax: 30_000, retryAfterMsMax: 120_000 };

/** Each row when the one before it has ended. */
async function oneByOne(rows: readonly string[], ask: (text: string) => Promise<CallResult>): Promise<string[]> {
  const ends: string[] = [];
  for (const row of rows) {
    const result = await ask(row);
    ends.push(result.kind === 'stopped' ? result.reason : result.kind);
  }
  return ends;
}

describe('a provider that has too many requests', () => {
  async function asked(faults: Fault, rows: number, time: FakeWorld): Promise<number[]> {
    const times: number[] = [];
    const from = time.now();
    const fake = await on.fake('openai', {
      faults: () => {
        times.push(time.now() - from);
        return faults;
      },
    });
    const client = await on.client([setupOf(fake, 'openai', { retry: RETRY })], {}, patientWorld(time).world);
    const calls = Array.from({ length: rows }, (_, i) => client.call(request(`row ${i}`), context()));
    const results = await time.until(Promise.all(calls));
    expect(new Set(results.map((result) => (result.kind === 'stopped' ? result.reason : result.kind)))).toEqual(
      new Set(['provider-limit']),
    );
    await time.until(client.close());
    return times;
  }

  it.each(['0', '-1', 'Thu, 01 Jan 2015 00:00:00 GMT', '99999999999', 'soon', '0.001'])(
    'is asked later and later when its retry-after is %s',
    async (retryAfter) => {
      const times = await asked(status(429, { headers: { 'retry-after': retryAfter } }), 5, createFakeWorld());
      // In five seconds each row is asked for a handful of times, and in five minutes not much more often.
      expect(times.filter((at) => at < 5000).length).toBeLessThanOrEqual(5 * 6);
      expect(times.length).toBeLessThanOrEqual(5 * 30);
    },
  );

  it('is taken at its word the first time, to the millisecond', async () => {
    const headers = { 'retry-after-ms': '1234' };
    const times = await asked(status(429, { headers }), 1, createFakeWorld());
    expect(times.slice(0, 2)).toEqual([0, 1234]);
  });
});

describe("a provider's limits", () => {
  const headers = ({ model }: FakeCall): Record<string, string> => ({
    'x-ratelimit-limit-tokens': model === 'small' ? '2000' : '2000000',
    'x-ratelimit-limit-requests': model === 'small' ? '1' : '30000',
  });

  it('are those of the model that was asked', async () => {
    const time = createFakeWorld();
    const from = time.now();
    const fake = await on.fake('openai', { headers });
    const client = await on.client([setupOf(fake)], {}, patientWorld(time).world);
    const ask = (text: string, model: string) =>
      time.until(client.call({ ...request(text, model), max_tokens: 5000 }, context()));
    expect((await ask('a', 'small')).kind).toBe('answered');
    for (let i = 0; i < 5; i++) expect((await ask(`row ${i}`, 'big')).kind).toBe('answered');
    expect(time.now()).toBe(from);
    // What a header says makes nobody fail: it takes longer.
    for (const text of ['b', 'c']) expect((await ask(text, 'small')).kind).toBe('answered');
    expect(time.now()).toBeGreaterThan(from + 30_000);
    await time.until(client.close());
  });

  it('that one model is over keep no other from being asked', async () => {
    const time = createFakeWorld();
    const from = time.now();
    const limited: Fault = status(429, { headers: { 'retry-after': '100000' } });
    const fake = await on.fake('openai', { faults: (_n, { model }) => (model === 'small' ? limited : undefined) });
    const client = await on.client([setupOf(fake)], {}, patientWorld(time).world);
    const small = await time.until(client.call(request('a', 'small'), context()));
    expect(small).toMatchObject({ kind: 'stopped', reason: 'provider-limit', until: from + 100_000_000 });
    expect(await time.until(client.call(request('a', 'big'), context()))).toMatchObject({ kind: 'answered' });
    await time.until(client.close());
  });
});

describe('one row', () => {
  const rows = ['a', 'bad', 'b', 'c'];

  it.each<[string, Fault]>([
    ['403', status(403)],
    ['402', status(402)],
    ['500', status(500)],
    ['502', status(502)],
    ['503', status(503)],
    ['504', status(504)],
    ['529', status(529)],
    ['a broken connection', { kind: 'reset', billed: true }],
  ])('that always gets %s fails, and no other', async (_what, fault) => {
    const fake = await on.fake('openai', { faults: onRows('bad', fault) });
    const client = await on.client([setupOf(fake)]);
    const ends = await oneByOne(rows, (text) => client.call(request(text), context()));
    expect(ends).toEqual(['answered', 'failed', 'answered', 'answered']);
    // Not even as the first one of all, or the last.
    const other = await on.client([setupOf(fake)]);
    expect(await oneByOne(['bad two', 'd', 'bad three'], (text) => other.call(request(text), context()))).toEqual([
      'failed',
      'answered',
      'failed',
    ]);
  });

  it('that never is answered in time fails after its attempts', async () => {
    const { world, elapse } = patientWorld();
    const fake = await on.fake('openai', { faults: onRows('bad', { kind: 'hang', billed: true }), onHang: elapse });
    const client = await on.client([setupOf(fake)], {}, world);
    expect(await oneByOne(rows, (text) => client.call(request(text), context()))).toEqual([
      'answered',
      'failed',
      'answered',
      'answered',
    ]);
    expect(fake.records).toHaveLength(3 + 4);
  });

  it('that opens the breaker all by itself fails as well', async () => {
    const fake = await on.fake('openai', { faults: onRows('bad', status(503)) });
    const setup = setupOf(fake, 'openai', { breaker: { threshold: 1, openForMs: 3_600_000 } });
    const client = await on.client([setup], { providerWaitMs: 1000 });
    expect(await client.call(request('bad'), context())).toMatchObject({ kind: 'failed', code: 'provider_error' });
  });

  it('that a content filter refuses is told apart', async () => {
    const filtered = status(400, { type: 'content_filter', message: 'violence' });
    const fake = await on.fake('openai', { faults: onRows('bad', filtered) });
    const client = await on.client([setupOf(fake)]);
    expect(await client.call(request('bad'), context())).toMatchObject({ kind: 'failed', code: 'filtered' });
  });

  it('whose answer the server behind a gateway broke off is asked for again', async () => {
    const body = { choices: [{ finish_reason: 'error', error: { code: 502, message: 'gone' }, message: {} }] };
    const fake = await on.fake('openai', {
      faults: (n) => (n === 0 ? { kind: 'body', body: JSON.stringify(body) } : undefined),
    });
    const client = await on.client([setupOf(fake)]);
    expect(await client.call(request('a'), context())).toMatchObject({ kind: 'answered', attempts: 2 });
  });

  it('that is refused goes to the next provider', async () => {
    const strict = await on.fake('openai', { faults: onRows('bad', status(403)) });
    const other = await on.fake('openai-compatible');
    const client = await on.client([setupOf(strict), setupOf(other, 'openai-compatible')]);
    const results = [];
    for (const text of rows) results.push(await client.call(request(text), context({ route: 'ordered' })));
    expect(results.map((result) => result.kind === 'answered' && result.provider)).toEqual([
      'openai',
      'openai-compatible',
      'openai',
      'openai',
    ]);
  });

  it('that is told to wait again and again stops the run when the wait is over, however long one wait may be', async () => {
    const time = createFakeWorld();
    const from = time.now();
    const limited = status(429, { headers: { 'retry-after-ms': '3000' } });
    const fake = await on.fake('openai', { faults: () => limited });
    const setup = setupOf(fake, 'openai', { retry: { ...RETRY, retryAfterMsMax: 120_000 } });
    const client = await on.client([setup], { providerWaitMs: 10_000 }, patientWorld(time).world);
    expect(await time.until(client.call(request('a'), context()))).toMatchObject({ reason: 'provider-limit' });
    expect(time.now() - from).toBeLessThanOrEqual(10_000);
    expect(fake.records.length).toBeGreaterThan(1);
    // One wait that is named is obeyed.
    const patient = await on.client([setup], { providerWaitMs: 1000 }, patientWorld(time).world);
    const before = fake.records.length;
    expect(await time.until(patient.call(request('b'), context()))).toMatchObject({ reason: 'provider-limit' });
    expect(fake.records).toHaveLength(before + 2);
    for (const one of [client, patient]) await time.until(one.close());
  });

  it('whose requests are limited, while others are served, fails when the wait is over', async () => {
    const time = createFakeWorld();
    const fake = await on.fake('openai', {
      faults: onRows('bad', status(429, { headers: { 'retry-after-ms': '5' } })),
    });
    const client = await on.client([setupOf(fake)], { providerWaitMs: 2000 }, patientWorld(time).world);
    const bad = client.call(request('bad'), context());
    const watch = { over: false };
    void bad.finally(() => (watch.over = true));
    for (let i = 0; !watch.over && i < 1000; i++) await time.until(client.call(request(`row ${i}`), context()));
    expect(await bad).toMatchObject({ kind: 'failed', code: 'provider_error' });
    await time.until(client.close());
  });
});

describe('a provider that is not there', () => {
  const NOWHERE = 'http://127.0.0.1:1/v1';
  const nowhere = async () => setupOf(await on.fake(), 'openai', { baseUrl: NOWHERE, retry: RETRY });

  it('is told at once, with the reason, and given up long before others would be', async () => {
    const time = createFakeWorld();
    const from = time.now();
    // While a connection is being refused, the clock stands still.
    let underWay = 0;
    const hooks = { onLimiterWait: () => void (underWay += 1), onAttempt: () => void (underWay -= 1) };
    const client = await on.client([await nowhere()], { hooks }, patientWorld(time).world);
    const calls = ['a', 'b'].map((text) => client.call(request(text), context()));
    await until(() => on.notices.length > 0, 'it is told');
    expect(time.now()).toBe(from);
    expect(on.notices.map(({ message }) => message)).toEqual([
      'openai: connection to 127.0.0.1:1 failed: nothing listens there (ECONNREFUSED); it is tried again for 30 s',
    ]);
    for (const result of await time.until(Promise.all(calls), () => underWay > 0)) {
      expect(result).toMatchObject({ kind: 'stopped', reason: 'providers-down' });
      expect(result).toMatchObject({ message: expect.stringContaining('nothing listens there') as unknown });
    }
    // It is given up at the first try after 30 s, and the longest pause before one is as long.
    expect(time.now() - from).toBeLessThanOrEqual(60_000);
    expect(on.notices).toHaveLength(1);
    await time.until(client.close());
  });

  it('is told of once more by a process that goes on and asks again', async () => {
    const time = createFakeWorld();
    const probeDown = { unnamedMs: 60_000, namedMs: 900_000 };
    let attempts = 0;
    let over = (): void => undefined;
    const asked = new Promise<void>((resolve) => (over = resolve));
    const onAttempt = (): void => {
      attempts += 1;
      if (attempts === 30) over();
    };
    const options = { probeDown, providerWaitMs: Infinity, hooks: { onAttempt } };
    const client = await on.client([await nowhere()], options, patientWorld(time).world);
    const abort = new AbortController();
    const call = client.call(request('a'), context({ signal: abort.signal }));
    await time.until(asked);
    abort.abort();
    await time.until(call);
    expect(on.notices.map(({ message }) => message.replace(/^.*; /, '').replace(/ 2026-.*/, ''))).toEqual([
      'it is tried again for 30 s',
      'not used before',
    ]);
    await time.until(client.close());
  });

  it('any more is waited for as long as any that fails', async () => {
    const time = createFakeWorld();
    const from = time.now();
    const fake = await on.fake();
    const client = await on.client([setupOf(fake, 'openai', { retry: RETRY })], {}, patientWorld(time).world);
    expect(await time.until(client.call(request('a'), context()))).toMatchObject({ kind: 'answered' });
    await fake.close();
    expect(await time.until(client.call(request('b'), context()))).toMatchObject({ reason: 'providers-down' });
    expect(time.now() - from).toBeGreaterThan(200_000);
    await time.until(client.close());
  });

  it.each([
    ['', status(503)],
    [' and names a time', status(503, { headers: { 'retry-after-ms': '5' } })],
  ])('is told once when it fails again and again%s, and when it answers again', async (_how, fault) => {
    const time = createFakeWorld();
    const fake = await on.fake('openai', { faults: (n) => (n < 8 ? fault : undefined) });
    const client = await on.client([setupOf(fake, 'openai')], {}, patientWorld(time).world);
    // One by one: of several at a time it is chance which of them wait while it is down.
    for (const text of ['a', 'b', 'c']) await time.until(client.call(request(text), context()));
    expect(on.notices.map(({ kind }) => kind)).toEqual(['provider-down', 'provider-up']);
    expect(on.notices[0]?.message).toMatch(/^openai: HTTP 503: .*; after 5 failures in a row not used before 2026-/);
    await time.until(client.close());
  });
});

describe('rows in a row', () => {
  it.each([
    [402, 'provider-limit'],
    [403, 'provider-refused'],
  ])('that all get %i stop the run: the first fails, the second tells', async (code, reason) => {
    const fake = await on.fake('openai', { faults: () => status(code) });
    const client = await on.client([setupOf(fake)]);
    const ends = await oneByOne(['a', 'b', 'c'], (text) => client.call(request(text), context()));
    expect(ends).toEqual(['failed', reason, reason]);
    expect(fake.records).toHaveLength(2);
  });

  it('that are refused by one that has answered stop the run when there are as many as open the breaker', async () => {
    const fake = await on.fake('openai', { faults: onRows('bad', status(403)) });
    const client = await on.client([setupOf(fake)]);
    const ask = (text: string) => client.call(request(text), context());
    const bad = (count: number, first = 0) => Array.from({ length: count }, (_, i) => `bad ${first + i}`);
    const failed = (count: number) => Array.from({ length: count }, () => 'failed');
    expect(await oneByOne(['a', ...bad(4), 'b', ...bad(5, 4), 'c'], ask)).toEqual([
      'answered',
      ...failed(4),
      'answered',
      ...failed(4),
      'provider-refused',
      'provider-refused',
    ]);
  });

  it('that fail at one whose answers the journal has are dead letters, as long as they are few', async () => {
    const fake = await on.fake('openai', { faults: onRows('bad', status(500)) });
    const setup = setupOf(fake, 'openai', { retry: { ...RETRY, baseDelayMs: 1, delayMsMax: 2 } });
    const first = await on.client([setup]);
    expect(await first.call(request('good'), context())).toMatchObject({ kind: 'answered' });
    await first.close();

    const second = await on.client([setup]);
    const ask = (text: string) => second.call(request(text), context());
    expect(await Promise.all(['good', 'bad 1', 'bad 2'].map(ask))).toMatchObject([
      { kind: 'answered', cached: true },
      { kind: 'failed', code: 'provider_error' },
      { kind: 'failed', code: 'provider_error' },
    ]);
  });

  it('that fail at one that has answered stop the run, and it says how they become dead letters', async () => {
    const fake = await on.fake('openai', { faults: onRows('bad', status(504)) });
    const rows = ['bad 1', 'bad 2', 'bad 3', 'bad 4', 'bad 5'];
    const ends = async (threshold: number): Promise<readonly CallResult[]> => {
      const client = await on.client([setupOf(fake, 'openai', { breaker: { threshold, openForMs: 1 } })]);
      expect(await client.call(request('good'), context())).toMatchObject({ kind: 'answered' });
      return await Promise.all(rows.map((text) => client.call(request(text), context())));
    };
    const stops = await ends(5);
    expect(stops.map(({ kind }) => kind)).toContain('stopped');
    const told = JSON.stringify(stops).match(/a circuit_breaker.threshold above (\d+) makes dead letters of them/);
    expect(told?.[1]).toBe('5');
    expect((await ends(6)).map(({ kind }) => kind)).toEqual(rows.map(() => 'failed'));
  });

  it('that all may have been billed stop the run when their attempts are spent', async () => {
    const fake = await on.fake('openai', { faults: () => status(504) });
    const setup = setupOf(fake, 'openai', { breaker: { threshold: 100, openForMs: 50 } });
    const client = await on.client([setup]);
    const ends = await oneByOne(['a', 'b'], (text) => client.call(request(text), context()));
    expect(ends).toEqual(['failed', 'providers-down']);
    expect(fake.records).toHaveLength(8);
    // Nothing is forgotten: whoever goes on asks for the second row first, and it stops nobody.
    const resumed = await on.client([setup]);
    expect(await resumed.call(request('b'), context())).toMatchObject({ kind: 'failed' });
  });
});

describe('as many requests as max_attempts', () => {
  it.each<[string, Fault]>([
    ['504', status(504)],
    ['503', status(503)],
    ['a broken connection', { kind: 'reset', billed: true }],
    ['a truncated answer', { kind: 'finish', finish: 'truncated' }],
    ['an answer that is no JSON', { kind: 'slow' }],
  ])('are sent and no more, after %s', async (_what, fault) => {
    for (const attemptsMax of [1, 2]) {
      const fake = await on.fake('openai', { faults: () => fault, reply: () => 'no json' });
      const retry = { attemptsMax, baseDelayMs: 5, delayMsMax: 20, retryAfterMsMax: 2000 };
      const client = await on.client([setupOf(fake, 'openai', { retry })]);
      expect(await client.call(request(`hi ${attemptsMax}`), context({ schema: { type: 'object' } }))).toMatchObject({
        kind: 'failed',
      });
      expect(fake.records).toHaveLength(attemptsMax);
      await client.close();
    }
  });

  it('do not count those that only had to wait', async () => {
    const fake = await on.fake('openai', { faults: (n) => (n < 3 ? status(429) : undefined) });
    const retry = { attemptsMax: 1, baseDelayMs: 5, delayMsMax: 20, retryAfterMsMax: 2000 };
    const client = await on.client([setupOf(fake, 'openai', { retry })]);
    expect(await client.call(request('hi'), context())).toMatchObject({ kind: 'answered', attempts: 4 });
  });

  it('do not count those that asked for a stream where there is none', async () => {
    const fake = await on.fake('openai', { refusesStreams: 'this model can not stream' });
    const retry = { attemptsMax: 1, baseDelayMs: 5, delayMsMax: 20, retryAfterMsMax: 2000 };
    const client = await on.client([setupOf(fake, 'openai', { retry })]);
    for (const row of ['a', 'b']) {
      expect(await client.call(request(row), context())).toMatchObject({ kind: 'answered', attempts: 1 });
    }
    expect(fake.records.map(({ call }) => call.stream)).toEqual([true, false, false]);
  });
});

describe('a stream that breaks', () => {
  const text = 'the answer to all of it, at length';

  it('leaves what it has brought with the failure, and is asked for again', async () => {
    const faults = [{ kind: 'unended', events: 2, cut: true } as const, status(500), undefined];
    const fake = await on.fake('openai', { reply: () => text, faults: (n) => faults[n] });
    const retry = { attemptsMax: 2, baseDelayMs: 5, delayMsMax: 20, retryAfterMsMax: 2000 };
    const client = await on.client([setupOf(fake, 'openai', { retry })]);
    expect(await client.call(request('hi'), context())).toMatchObject({
      kind: 'failed',
      code: 'provider_error',
      answer: text,
    });
    expect(await client.call(request('hi'), context())).toMatchObject({ kind: 'answered', response: text });
  });

  it('because the run is stopped is in the journal as far as it came', async () => {
    const fake = await on.fake('openai', { reply: () => text, faults: () => ({ kind: 'idle' }) });
    const provider = setupOf(fake);
    const client = await on.client([provider]);
    const abort = new AbortController();
    const call = client.call(request('hi'), context({ signal: abort.signal }));
    await until(() => fake.records.length === 1, 'it is asked');
    // What was sent has come when the next answer has.
    await (await fetch(new URL('/fake/stats', fake.url))).text();
    abort.abort();
    expect(await call).toMatchObject({ kind: 'stopped', reason: 'aborted' });
    await client.close();
    const books = await openBooks({ kind: 'lmdb', folder: on.folder }, { ttlMs: 1e9, bytesMax: 1e9 }, realWorld);
    const states = [];
    for await (const { record } of books.journal.all()) states.push(record.state);
    await books.close();
    expect(states).toMatchObject([{ kind: 'cut', partial: expect.stringMatching(/^the answer/) as string }]);
  });
});
