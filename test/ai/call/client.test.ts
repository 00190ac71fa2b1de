import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AiClient, CallResult, LaneOptions } from '../../../src/ai/index.js';
import { realWorld, type AiWorld } from '../../../src/ai/ai-world.js';
import { until } from '../../support/daemon.js';
import { createFakeWorld } from '../../support/fake-world.js';
import { closedGate } from '../../support/gate.js';
import type { Fault } from '../../support/fake-faults.js';
import { answered, context, MODEL, patientWorld, request, setupOf, stage, type Stage } from './setup.js';

let on: Stage;
beforeEach(() => {
  on = stage();
});
afterEach(() => on.close());

/** Faults of the first requests, in order; later ones are answered. */
const first =
  (...faults: readonly (Fault | undefined)[]) =>
  (n: number) =>
    faults[n];
const status = (code: number, more: Partial<Fault> = {}): Fault => ({ kind: 'status', status: code, ...more }) as Fault;

interface Asking {
  readonly model: string;
  readonly models: LaneOptions['models'];
  readonly dedupe: boolean;
  readonly providers: readonly string[];
}

describe('a stage whose name, place or providers have changed', () => {
  /** Calls in one process, then in a later one. */
  async function twice(
    fake: Awaited<ReturnType<Stage['fake']>>,
    before: (client: AiClient) => Promise<unknown>,
    now: (client: AiClient) => Promise<unknown>,
  ): Promise<readonly string[]> {
    const first = await on.client([setupOf(fake)]);
    await before(first);
    await first.close();
    const later: AiWorld = { ...realWorld, now: () => realWorld.now() + 60_000 };
    await now(await on.client([setupOf(fake)], {}, later));
    return on.notices.flatMap(({ kind, message }) => (kind === 'renamed-stage' ? [message] : []));
  }

  it.each([
    ['ai-1', 'ai-2', 1],
    ['ai-2', 'label', 1],
    ['label', 'ai-1', 0],
  ])('is told where its answers are: %s, now %s', async (before, now, told) => {
    const fake = await on.fake();
    const hints = await twice(
      fake,
      (client) => Promise.all(['a', 'b'].map((text) => client.call(request(text), context({ stage: before })))),
      async (client) => {
        for (const text of ['c', 'a', 'b']) await client.call(request(text), context({ stage: now }));
      },
    );
    expect(hints).toHaveLength(told);
    if (told > 0) expect(hints[0]).toContain(`stage ${now} asks what was answered when it was called ${before}`);
    expect(fake.records).toHaveLength(5);
  });

  it('is told nothing of answers of another pipeline or of a stage that is there, nor where all is asked anew', async () => {
    const fake = await on.fake();
    const hints = await twice(
      fake,
      async (client) => {
        await client.call(request('a'), context({ stage: 'ai-1', pipeline: 'other' }));
        for (const text of ['b', 'c']) await client.call(request(text), context({ stage: 'ai-1' }));
      },
      async (client) => {
        await client.call(request('a'), context({ stage: 'ai-2' }));
        await client.call(request('b'), context({ stage: 'ai-2', live: true }));
        await client.call(request('c'), context({ stage: 'ai-1' }));
        await client.call(request('c'), context({ stage: 'ai-2' }));
      },
    );
    expect(hints).toEqual([]);
  });

  const SMALL = [{ name: 'small', as: MODEL }];
  it.each<[string, Partial<Asking>, Partial<Asking>, string]>([
    ['dedupe', {}, { dedupe: true }, "had no dedupe, and pays for it again: with 'dedupe: false'"],
    ['no dedupe', { dedupe: true }, {}, "had dedupe, and pays for it again: with 'dedupe: true'"],
    [
      'a second provider',
      {},
      { providers: ['openai', 'other'] },
      "only openai could serve it, and pays for it again: with 'providers: [openai]'",
    ],
    ['no second provider', { providers: ['openai', 'other'] }, {}, 'several providers could serve it'],
    [
      'another model elsewhere',
      { providers: ['openai', 'other'] },
      { providers: ['openai', 'other'], models: SMALL, model: 'small' },
      `its model was called ${MODEL}`,
    ],
    ['nothing new', { dedupe: true, models: SMALL, model: 'small' }, { dedupe: true }, ''],
  ])('that is told why it pays again: %s', async (_what, before, now, told) => {
    const fake = await on.fake();
    const other = await on.fake();
    const ask = async (
      { model = MODEL, models, dedupe, providers = ['openai'] }: Partial<Asking>,
      world?: AiWorld,
    ): Promise<void> => {
      const both = [
        setupOf(fake, 'openai', { models }),
        setupOf(other, 'openai', { name: 'other', models: models && [{ name: 'small', as: 'gpt-4o' }] }),
      ];
      const client = await on.client(both, {}, world);
      await client.call(request('a', model), context({ dedupe, providers }));
      await client.close();
    };
    await ask(before);
    await ask(now, { ...realWorld, now: () => realWorld.now() + 60_000 });
    const hints = on.notices.flatMap(({ kind, message }) => (kind === 'renamed-stage' ? [message] : []));
    expect(hints).toHaveLength(told === '' ? 0 : 1);
    expect(hints[0] ?? '').toContain(told);
    expect(fake.records.length + other.records.length).toBe(told === '' ? 1 : 2);
  });

  it('is told nothing of two stages that ask the same in one run', async () => {
    const fake = await on.fake();
    const client = await on.client([setupOf(fake)]);
    for (const name of ['ai-1', 'ai-2']) await client.call(request('a'), context({ stage: name }));
    expect(on.notices).toEqual([]);
  });
});

describe('a call', () => {
  it('is answered, with who served, what it used and what it cost', async () => {
    const fake = await on.fake();
    const client = await on.client([setupOf(fake)]);
    const result = answered(await client.call(request('hello'), context()));
    expect(result).toMatchObject({ provider: 'openai', model: MODEL, response: 'HELLO', attempts: 1, cached: false });
    expect(result.finish_reason).toBe('stop');
    expect(result.usage).toEqual({ prompt_tokens: 8, completion_tokens: 2, total_tokens: 10, cached_tokens: 0 });
    expect(result.cost_usd).toBe(0.00036);
    expect(fake.billed).toBe(360_000n);
    expect(fake.records[0]?.call.outputTokensMax).toBe(1000);
  });

  it.each([
    ['the request', { ...request('x'), max_tokens: 7 }, context({ maxTokens: 50 }), 7],
    ['the stage', request('x'), context({ maxTokens: 50 }), 50],
  ])('has the output cap of %s', async (_whose, asked, where, cap) => {
    const fake = await on.fake();
    const client = await on.client([setupOf(fake)]);
    await client.call(asked, where);
    expect(fake.records[0]?.call.outputTokensMax).toBe(cap);
  });

  it.each<[string, Fault[]]>([
    ['500, 503 and 529', [status(500), status(503), status(529)]],
    [
      'a broken connection, a cut answer and a time-out',
      [{ kind: 'reset', billed: true }, { kind: 'cut' }, { kind: 'hang', billed: false }],
    ],
    ['broken JSON, 408 and 409', [{ kind: 'broken-json' }, status(408), status(409)]],
    ['a row of 429s', Array.from({ length: 8 }, () => status(429, { headers: { 'retry-after-ms': '5' } }))],
  ])('is tried again after %s', async (_what, faults) => {
    const { world, elapse } = patientWorld();
    const fake = await on.fake('openai', { faults: first(...faults), onHang: elapse });
    const client = await on.client([setupOf(fake)], {}, world);
    expect(answered(await client.call(request('hello'), context())).attempts).toBe(faults.length + 1);
  });

  it('is not tried again after a 400, and fails with the provider’s words', async () => {
    const fake = await on.fake('openai', { faults: first(status(400, { message: 'bad prompt' })) });
    const client = await on.client([setupOf(fake)]);
    expect(await client.call(request('hello'), context())).toMatchObject({
      kind: 'failed',
      code: 'provider_error',
      provider: 'openai',
      message: 'openai: HTTP 400: bad prompt',
    });
    expect(fake.records).toHaveLength(1);
  });

  it('fails after its attempts when it alone makes the provider fail', async () => {
    const fake = await on.fake('openai', { faults: (n) => (n % 2 === 0 ? status(500) : undefined) });
    const client = await on.client([setupOf(fake)]);
    const results: CallResult[] = [];
    for (let i = 0; i < 3; i++) results.push(await client.call(request(`poison ${i}`), context()));
    expect(results.map((result) => result.kind)).toEqual(['answered', 'answered', 'answered']);

    const poisoned = await on.fake('openai', { faults: () => status(500) });
    const other = await on.client([setupOf(poisoned, 'openai', { breaker: { threshold: 100, openForMs: 50 } })]);
    expect(await other.call(request('poison'), context())).toMatchObject({ kind: 'failed', code: 'provider_error' });
    expect(poisoned.records).toHaveLength(4);
  });

  it('goes to the next provider when one fails, and says which one served', async () => {
    const [down, up] = [await on.fake('openai', { faults: () => status(503) }), await on.fake('anthropic')];
    const model = 'same-name';
    const models = [{ name: model }];
    const client = await on.client([
      setupOf(down, 'openai', { models }),
      setupOf(up, 'anthropic', { models, cost_per_token: { input: 1, output: 1 } }),
    ]);
    expect(answered(await client.call(request('hi', model), context()))).toMatchObject({
      provider: 'anthropic',
      attempts: 2,
    });
    expect(up.deviations).toEqual([]);
  });

  it('goes by its route, and by its own provider before that', async () => {
    let now = Date.now();
    const takes = (ms: number) => (): string => {
      now += ms;
      return 'ok';
    };
    const [dear, cheap] = [
      await on.fake('openai', { reply: takes(1) }),
      await on.fake('openai-compatible', { reply: takes(400) }),
    ];
    const client = await on.client(
      [
        setupOf(dear, 'openai', { name: 'dear', cost_per_token: { input: 0.001, output: 0.001 } }),
        setupOf(cheap, 'openai-compatible', { name: 'cheap' }),
      ],
      {},
      { ...realWorld, now: () => now },
    );
    const served = async (text: string, more: Parameters<typeof context>[0], provider?: string) =>
      answered(await client.call({ ...request(text), ...(provider && { provider }) }, context(more))).provider;
    expect(await served('a', {})).toBe('cheap');
    expect(await served('b', { route: 'ordered' })).toBe('dear');
    expect(await served('c', { route: 'ordered', providers: ['cheap', 'dear'] })).toBe('cheap');
    expect(await served('d', {}, 'dear')).toBe('dear');
    expect(await served('e', { route: 'fastest' })).toBe('dear');
  });

  it('fails when nobody serves its model, saying why', async () => {
    const fake = await on.fake();
    const client = await on.client([setupOf(fake, 'openai', { models: [{ name: 'other' }] })]);
    expect(await client.call(request('hi'), context())).toMatchObject({
      kind: 'failed',
      code: 'no_provider',
      message: `openai does not serve the model ${MODEL}`,
    });
    expect(await client.call({ ...request('hi'), provider: 'nobody' }, context())).toMatchObject({
      kind: 'failed',
      code: 'no_provider',
    });
  });

  it('fails at once, by name, when it is larger than a whole minute’s tokens', async () => {
    const fake = await on.fake();
    const client = await on.client([setupOf(fake, 'openai', { rate_limit: { tokens_per_minute: 500 } })]);
    expect(await client.call(request('hi'), context())).toMatchObject({
      kind: 'failed',
      message: 'the request counts for 1001 tokens, more than the 500 per minute of openai',
    });
    expect(fake.records).toHaveLength(0);
  });

  it('keeps to the limits of its model within those of its provider', async () => {
    const fake = await on.fake();
    const models = [{ name: MODEL, rate_limit: { tokens_per_minute: 500 } }, { name: 'free' }];
    const client = await on.client([setupOf(fake, 'openai', { models })]);
    expect(await client.call(request('hi'), context())).toMatchObject({ kind: 'failed', code: 'no_provider' });
    expect(await client.call(request('hi', 'free'), context())).toMatchObject({ kind: 'answered' });
  });
});

describe('an answer that is not a success', () => {
  it.each(['filtered', 'refused'] as const)('that was %s fails the call, once and for all', async (finish) => {
    const fake = await on.fake('openai', { faults: () => ({ kind: 'finish', finish }) });
    const client = await on.client([setupOf(fake)]);
    expect(await client.call(request('hi'), context())).toMatchObject({ kind: 'failed', code: finish, cached: false });
    expect(await client.call(request('hi'), context())).toMatchObject({ kind: 'failed', code: finish, cached: true });
    expect(fake.records).toHaveLength(1);
  });

  it('that was cut off is asked for once more, with a larger cap', async () => {
    const fake = await on.fake('openai', { reply: () => 'x'.repeat(200) });
    const client = await on.client([setupOf(fake)]);
    const result = answered(await client.call({ ...request('hi'), max_tokens: 20 }, context()));
    expect(result).toMatchObject({ response: 'x'.repeat(200), attempts: 2 });
    expect(fake.records.map(({ call }) => call.outputTokensMax)).toEqual([20, 80]);
    expect(BigInt(Math.round((result.cost_usd ?? 0) * 1e9))).toBe(fake.billed);
  });

  it('that was cut off twice fails the call', async () => {
    const fake = await on.fake('openai', { reply: () => 'x'.repeat(2000) });
    const client = await on.client([setupOf(fake)]);
    expect(await client.call({ ...request('hi'), max_tokens: 20 }, context())).toMatchObject({
      kind: 'failed',
      code: 'truncated',
    });
    expect(fake.records).toHaveLength(2);
  });

  it('that was cut off is in the failure, and is the answer where that is wanted', async () => {
    const fake = await on.fake('openai', { reply: () => 'x'.repeat(200) });
    const client = await on.client([setupOf(fake)]);
    const asked = { ...request('hi'), max_tokens: 2 };
    const ask = (more: Parameters<typeof context>[0] = {}) => client.call(asked, context(more));
    const failure = { kind: 'failed', code: 'truncated', answer: 'x'.repeat(8) };
    expect(await ask({ onTruncated: 'fail' })).toMatchObject({ ...failure, cached: false });
    expect(fake.records).toHaveLength(1);
    // It is known from then on, whatever is wanted.
    const kept = { kind: 'answered', response: 'x'.repeat(8), finish_reason: 'length' };
    expect(await ask({ onTruncated: 'keep' })).toMatchObject({ ...kept, cached: true });
    const identity = { occurrence: 1 };
    expect(await ask({ onTruncated: 'keep', identity })).toMatchObject({ ...kept, cached: false, attempts: 1 });
    expect(await client.recall(asked, context({ onTruncated: 'keep', identity }))).toMatchObject(kept);
    expect(await ask({ onTruncated: 'fail', identity })).toMatchObject({ ...failure, cached: true });
    const twice = await ask({ identity: { occurrence: 2 } });
    expect(twice).toMatchObject({ ...failure, answer: 'x'.repeat(32) });
    expect(fake.records).toHaveLength(4);
  });

  it('that was cut off is not kept when it does not satisfy the schema', async () => {
    const fake = await on.fake('openai', { reply: () => '{"n": 12345678901234567890}' });
    const client = await on.client([setupOf(fake)]);
    const asked = { ...request('hi'), max_tokens: 2 };
    const result = await client.call(asked, context({ onTruncated: 'keep', schema: { type: 'object' } }));
    expect(result).toMatchObject({ kind: 'failed', code: 'truncated', answer: '{"n": 12' });
  });

  it('that was cut off is not asked for again when the model takes no larger cap', async () => {
    const fake = await on.fake('openai', { reply: () => 'x'.repeat(2000) });
    const client = await on.client([setupOf(fake, 'openai', { models: [{ name: MODEL, max_output_tokens: 20 }] })]);
    expect(await client.call({ ...request('hi'), max_tokens: 20 }, context())).toMatchObject({
      kind: 'failed',
      code: 'truncated',
    });
    expect(fake.records).toHaveLength(1);
  });
});

describe('a call with a schema', () => {
  const schema = {
    type: 'object',
    properties: { n: { type: 'integer' } },
    required: ['n'],
    additionalProperties: false,
  };

  it('is answered with the value, its numbers exact', async () => {
    const fake = await on.fake('openai', { reply: () => '```json\n{"n": 12345678901234567890}\n```' });
    const client = await on.client([setupOf(fake)]);
    const result = answered(await client.call(request('hi'), context({ schema })));
    expect(result.response).toEqual({ n: 12345678901234567890n });
    expect(answered(await client.call(request('hi'), context({ schema }))).response).toEqual(result.response);
  });

  it('has a wrong answer repaired once, by saying what is wrong', async () => {
    let asked = 0;
    const fake = await on.fake('openai', { reply: () => (asked++ === 0 ? '{"n": "five"}' : '{"n": 5}') });
    const client = await on.client([setupOf(fake)]);
    expect(answered(await client.call(request('hi'), context({ schema })))).toMatchObject({
      response: { n: 5 },
      attempts: 2,
    });
    expect(fake.records[1]?.call.texts.slice(1)).toEqual([
      '{"n": "five"}',
      expect.stringContaining('/n must be integer'),
    ]);
  });

  it('fails when its answer is too much to be parsed', async () => {
    const fake = await on.fake('openai', { reply: () => `${'['.repeat(300)}${']'.repeat(300)}` });
    const client = await on.client([setupOf(fake)]);
    expect(await client.call(request('hi'), context({ schema: true }))).toMatchObject({
      kind: 'failed',
      code: 'schema',
      message: expect.stringContaining('nested more than 200 levels deep') as unknown,
    });
  });

  it.each(['{"n": "five"}', 'five', ''])('fails when it answers %j twice', async (reply) => {
    const fake = await on.fake('openai', { reply: () => reply });
    const client = await on.client([setupOf(fake)]);
    expect(await client.call(request('hi'), context({ schema }))).toMatchObject({
      kind: 'failed',
      code: 'schema',
      answer: reply === '' ? undefined : reply,
    });
    expect(fake.records).toHaveLength(2);
    expect(fake.deviations).toEqual([]);
  });
});

describe('when providers are down', () => {
  it('the breaker opens, and the run stops, resumable, when the wait is over', async () => {
    const fake = await on.fake('openai', { faults: () => status(503) });
    const time = createFakeWorld();
    const client = await on.client([setupOf(fake)], { providerWaitMs: 2000 }, patientWorld(time).world);
    const results = await time.until(Promise.all(['a', 'b'].map((text) => client.call(request(text), context()))));
    for (const result of results) {
      expect(result).toMatchObject({ kind: 'stopped', reason: 'providers-down', resumable: true });
    }
    // Failures until it opens, then a probe each time that it is half-open: few, however long the wait.
    expect(fake.records.length).toBeGreaterThan(1);
    expect(fake.records.length).toBeLessThan(60);
    await time.until(client.close());
  });

  it('calls wait for one that comes back, and one call probes it', async () => {
    const fake = await on.fake('openai', { faults: (n) => (n < 15 ? status(503) : undefined) });
    const client = await on.client([setupOf(fake)]);
    const results = await Promise.all(Array.from({ length: 10 }, (_, i) => client.call(request(`hi ${i}`), context())));
    expect(results.map((result) => result.kind)).toEqual(Array.from({ length: 10 }, () => 'answered'));
  });

  it('being out of credit stops the run at once, and no other call is sent', async () => {
    const fake = await on.fake('openai', {
      faults: () => status(429, { type: 'insufficient_quota', message: 'no credit' }),
    });
    const client = await on.client([setupOf(fake)]);
    expect(await client.call(request('a'), context())).toMatchObject({ kind: 'stopped', reason: 'provider-limit' });
    expect(await client.call(request('b'), context())).toMatchObject({ kind: 'stopped', reason: 'provider-limit' });
    expect(fake.records).toHaveLength(1);
    expect(on.notices.map((notice) => notice.kind)).toEqual(['provider-down']);
  });

  it('a wrong key stops the run, without showing the key', async () => {
    const fake = await on.fake();
    const client = await on.client([setupOf(fake, 'openai', { apiKeys: [{ reveal: () => 'sk-wrong-4711' }] })]);
    const result = await client.call(request('a'), context());
    expect(result).toMatchObject({ kind: 'stopped', reason: 'provider-refused' });
    expect(JSON.stringify([result, on.notices])).not.toContain('wrong-4711');
  });

  it('a retry-after of days goes to another provider, or stops with the time named', async () => {
    const days = status(429, { headers: { 'retry-after': '200000' } });
    const [limited, other] = [await on.fake('openai', { faults: () => days }), await on.fake('openai-compatible')];
    const both = await on.client([setupOf(limited, 'openai'), setupOf(other, 'openai-compatible')]);
    expect(answered(await both.call(request('a'), context({ route: 'ordered' }))).provider).toBe('openai-compatible');

    const alone = await on.client([setupOf(limited, 'openai')]);
    const result = await alone.call(request('b'), context());
    expect(result).toMatchObject({ kind: 'stopped', reason: 'provider-limit' });
    expect(result.kind === 'stopped' && Math.round(((result.until ?? 0) - Date.now()) / 1000)).toBeCloseTo(200_000, -2);
  });
});

describe('a client that runs for months', () => {
  const probeDown = { unnamedMs: 60_000, namedMs: 900_000 };
  const NOON = Date.UTC(2026, 0, 5, 12);

  it.each<Fault>([status(401), { kind: 'body', status: 404, body: '<html>not found</html>' }])(
    'asks a provider again, by one call, after %j',
    async (fault) => {
      const fake = await on.fake('openai', { faults: first(fault, fault) });
      const time = createFakeWorld(NOON);
      const client = await on.client(
        [setupOf(fake)],
        { probeDown, providerWaitMs: Infinity },
        patientWorld(time).world,
      );
      const calls = [client.call(request('0'), context())];
      await until(() => on.notices.length === 1, 'it is down');
      expect(on.notices[0]?.message).toContain('not used before 2026-01-05T12:01:00.000Z');
      for (let i = 1; i < 10; i++) calls.push(client.call(request(String(i)), context()));
      const results = await time.until(Promise.all(calls));
      expect(results.map(({ kind }) => kind)).toEqual(Array.from({ length: 10 }, () => 'answered'));
      expect(fake.records).toHaveLength(2 + 10);
      expect(time.now()).toBeGreaterThanOrEqual(NOON + 2 * 60_000);
      await time.until(client.close());
    },
  );

  it('does not retry a provider that refuses sooner than one that fails', async () => {
    const fake = await on.fake('openai', { faults: first(status(401)) });
    const time = createFakeWorld(NOON);
    const setup = setupOf(fake, 'openai', { breaker: { threshold: 5, openForMs: 100_000 } });
    const client = await on.client([setup], { probeDown, providerWaitMs: Infinity }, patientWorld(time).world);
    answered(await time.until(client.call(request('hi'), context())));
    expect(on.notices[0]?.message).toContain('not used before 2026-01-05T12:01:40.000Z');
    await time.until(client.close());
  });

  it.each([
    ['429', '604800'],
    ['503', '604800'],
  ])('asks again within a quarter of an hour after a %s with retry-after %s', async (code, retryAfter) => {
    const fault = status(Number(code), { headers: { 'retry-after': retryAfter } });
    const fake = await on.fake('openai', { faults: first(fault) });
    const time = createFakeWorld(NOON);
    const client = await on.client([setupOf(fake)], { probeDown, providerWaitMs: Infinity }, patientWorld(time).world);
    answered(await time.until(client.call(request('hi'), context())));
    expect(on.notices[0]?.message).toContain('not used before 2026-01-05T12:15:00.000Z');
    await time.until(client.close());
  });
});

describe('stopping', () => {
  it('drains: calls under way are finished and kept, others are not sent', async () => {
    const answers = closedGate();
    const fake = await on.fake('openai', { hold: answers.opened });
    const client = await on.client([setupOf(fake, 'openai', { maxConcurrency: 2 })]);
    const calls = Array.from({ length: 5 }, (_, i) => client.call(request(`hi ${i}`), context()));
    await until(async () => (await client.status()).sent === 2, 'two are under way');
    const drained = client.drain();
    answers.open();
    await drained;
    const kinds = (await Promise.all(calls)).map((result) => (result.kind === 'stopped' ? result.reason : result.kind));
    expect(kinds).toEqual(['answered', 'answered', 'aborted', 'aborted', 'aborted']);
    expect(await client.call(request('later'), context())).toMatchObject({ kind: 'stopped', reason: 'aborted' });
    expect(fake.records).toHaveLength(2);
  });

  it('aborts: what is cut off is in doubt from then on', async () => {
    const fake = await on.fake('openai', { faults: () => ({ kind: 'hang', billed: true }) });
    let now = Date.now();
    const sentAt = now;
    const client = await on.client([setupOf(fake)], {}, { ...realWorld, now: () => now });
    const call = client.call(request('hi'), context());
    await until(() => fake.records.length === 1, 'the request is there');
    now += 3000;
    await client.abort();
    expect(await call).toMatchObject({ kind: 'stopped', reason: 'aborted' });
    const doubts = [];
    for await (const doubt of client.doubtful()) doubts.push(doubt);
    expect(doubts).toMatchObject([{ stage: 'ask', event: '#0', model: MODEL, time: sentAt }]);
    expect(doubts[0]?.atMost).toBeGreaterThan(0n);
  });

  it('obeys the signal of one call alone', async () => {
    const fake = await on.fake('openai', { faults: (n) => (n === 0 ? { kind: 'hang', billed: true } : undefined) });
    const client = await on.client([setupOf(fake)]);
    const abort = new AbortController();
    const aborted = client.call(request('a'), context({ signal: abort.signal }));
    await until(() => fake.records.length === 1, 'the request is there');
    const answered = client.call(request('b'), context());
    abort.abort();
    expect((await Promise.all([aborted, answered])).map((result) => result.kind)).toEqual(['stopped', 'answered']);
  });
});

describe('the status', () => {
  it('counts calls, money and obstacles', async () => {
    const fake = await on.fake('openai', { faults: first(undefined, status(400)) });
    const client = await on.client([setupOf(fake)], { budget: { daily: '1' } });
    for (const text of ['a', 'b', 'a']) await client.call(request(text), context());
    const { providers, ...counts } = await client.status();
    expect(counts).toMatchObject({
      answered: 1,
      failed: 1,
      cached: 1,
      sent: 2,
      inFlight: 0,
      spent: fake.billed,
      left: 1_000_000_000n - fake.billed,
      totals: { attempts: 2, answered: 1, exact: fake.billed, unknown: 0 },
    });
    expect(providers).toMatchObject([{ name: 'openai', breaker: { kind: 'closed' }, waiting: 0, tokensPerMinute: 8 }]);
  });
});
