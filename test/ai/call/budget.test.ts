import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { costReport, costReportJson, openBooks, type AiClientOptions } from '../../../src/ai/index.js';
import { realWorld } from '../../../src/ai/ai-world.js';
import { createFakeWorld } from '../../support/fake-world.js';
import { answered, context, MODEL, patientWorld, request, setupOf, stage, type Stage } from './setup.js';

let on: Stage;
beforeEach(() => {
  on = stage();
});
afterEach(() => on.close());

const BUDGETS: [string, AiClientOptions['budget']][] = [
  ['a day', { daily: '0' }],
  ['the pipeline', { daily: '1', pipelines: { default: 0 } }],
  ['the run', { run: '0.00' }],
];

describe('a budget', () => {
  it.each(BUDGETS)('of $0 for %s stops the run before anything is sent', async (_whose, budget) => {
    const fake = await on.fake();
    const client = await on.client([setupOf(fake)], { budget });
    expect(await client.call(request('hi'), context())).toMatchObject({
      kind: 'stopped',
      reason: 'budget',
      resumable: true,
    });
    expect(fake.records).toHaveLength(0);
  });

  it('lets calls wait while others are open, and so does not jam', async () => {
    const fake = await on.fake('openai', { latencyMs: 10 });
    // One worst case is about 63 thousandths of a dollar, one call costs a third of a thousandth.
    const client = await on.client([setupOf(fake)], { budget: { daily: '0.08' } });
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, i) => client.call(request(`row ${i}`), context())),
    );
    expect(results.map((result) => result.kind)).toEqual(Array.from({ length: 20 }, () => 'answered'));
  });

  it('stops the run when what is left does not fit a call’s worst case, and says when it renews', async () => {
    const fake = await on.fake();
    const client = await on.client([setupOf(fake)], { budget: { daily: '0.0645', timeZone: 'Europe/Berlin' } });
    const kinds: string[] = [];
    for (let i = 0; i < 8; i++) {
      const result = await client.call(request(`row ${i}`), context());
      kinds.push(result.kind);
      if (result.kind === 'stopped') expect(result.until).toBeGreaterThan(Date.now());
    }
    expect(kinds[0]).toBe('answered');
    expect(kinds.at(-1)).toBe('stopped');
  });

  it('chooses a cheaper provider when the more expensive one does not fit any more', async () => {
    const [dear, cheap] = [await on.fake('openai'), await on.fake('openai-compatible')];
    const client = await on.client(
      [
        setupOf(dear, 'openai', { cost_per_token: { input: '0.001', output: '0.001' } }),
        setupOf(cheap, 'openai-compatible', { cost_per_token: { input: '0.0000001', output: '0.0000001' } }),
      ],
      { budget: { run: '0.5' } },
    );
    expect(answered(await client.call(request('hi'), context({ route: 'ordered' }))).provider).toBe(
      'openai-compatible',
    );
    expect(dear.records).toHaveLength(0);
  });

  it('fails a single request that no day’s budget could ever hold, and continues', async () => {
    const fake = await on.fake();
    const client = await on.client([setupOf(fake)], { budget: { daily: '0.1' } });
    expect(await client.call({ ...request('hi'), max_tokens: 100_000 }, context())).toMatchObject({
      kind: 'failed',
      code: 'too_expensive',
    });
    expect(answered(await client.call(request('hi'), context())).response).toBe('HI');
  });

  it('needs a price', async () => {
    const fake = await on.fake('openai-compatible');
    const unpriced = setupOf(fake, 'openai-compatible', { cost_per_token: undefined });
    const strict = await on.client([unpriced], { budget: { daily: 1 } });
    const refused = await strict.call(request('hi'), context());
    expect(refused).toMatchObject({ kind: 'failed', code: 'no_provider' });
    expect(refused).toHaveProperty('message', expect.stringContaining('set its cost_per_token'));
    const free = await on.client([unpriced]);
    expect(answered(await free.call(request('hi'), context())).cost_usd).toBeNull();
  });

  it('is warned of once a day', async () => {
    const fake = await on.fake();
    const options = { budget: { daily: '0.1', alertThreshold: 0.005 } };
    for (let life = 0; life < 2; life++) {
      const client = await on.client([setupOf(fake)], options);
      for (let i = 0; i < 4; i++) await client.call(request(`row ${life} ${i}`), context());
      await client.close();
    }
    expect(on.notices.filter((notice) => notice.kind === 'budget-alert')).toHaveLength(1);
    expect(on.notices[0]?.message).toMatch(/^\$0\.0\d+ of today's \$0\.10 for all pipelines is spent/);
  });

  it('that is spent can be waited for, until the next day begins', async () => {
    const world = createFakeWorld(Date.UTC(2026, 0, 5, 22));
    const fake = await on.fake();
    const client = await on.client(
      [setupOf(fake)],
      { budget: { daily: '0.065', whenSpent: 'wait' } },
      patientWorld(world).world,
    );
    const days: string[] = [];
    for (let i = 0; i < 12; i++) {
      answered(await world.until(client.call(request(`row ${i}`), context())));
      days.push(new Date(world.now()).toISOString().slice(0, 10));
    }
    expect(new Set(days).size).toBeGreaterThanOrEqual(2);
    expect(days[0]).toBe('2026-01-05');
    expect(on.notices.filter((notice) => notice.kind === 'waiting')[0]?.message).toContain(
      'waiting for 2026-01-06T00:00:00.000Z',
    );
    await world.until(client.close());
  });

  it('stops the run where a second attempt does not fit, and a larger one pays for that attempt alone', async () => {
    const fake = await on.fake('openai', { reply: () => 'x'.repeat(10_000) });
    const small = await on.client([setupOf(fake)], { budget: { run: '0.1' } });
    expect(await small.call(request('hi'), context())).toMatchObject({ kind: 'stopped', reason: 'budget' });
    expect(fake.records).toHaveLength(1);
    await small.close();
    const large = await on.client([setupOf(fake)], { budget: { run: '1' } });
    const { cost_usd, attempts } = answered(await large.call(request('hi'), context()));
    expect({ cost_usd, attempts }).toEqual({ cost_usd: Number(fake.billed) / 1e9, attempts: 2 });
    expect(fake.records).toHaveLength(2);
  });

  it('that a second attempt does not fit can be waited for, too', async () => {
    const world = createFakeWorld(Date.UTC(2026, 0, 5, 22));
    const fake = await on.fake('openai', { reply: () => 'x'.repeat(10_000) });
    // At the worst the larger cap takes 0.243 dollars, and the first answer took 0.06.
    const budget = { daily: '0.3', whenSpent: 'wait' } as const;
    const client = await on.client([setupOf(fake)], { budget }, patientWorld(world).world);
    answered(await world.until(client.call(request('hi'), context())));
    expect(new Date(world.now()).toISOString().slice(0, 10)).toBe('2026-01-06');
    expect(fake.records).toHaveLength(2);
    await world.until(client.close());
  });
});

describe('the cost report', () => {
  it('has the seed’s keys, and more', async () => {
    const { world, elapse } = patientWorld();
    const [one, two] = [
      await on.fake('openai', {
        faults: (n) => (n === 1 ? { kind: 'hang', billed: true } : undefined),
        onHang: elapse,
      }),
      await on.fake('anthropic'),
    ];
    const retry = { attemptsMax: 1, baseDelayMs: 1, delayMsMax: 1, retryAfterMsMax: 1 };
    const client = await on.client([setupOf(one), setupOf(two, 'anthropic', { retry })], {}, world);
    for (const [i, provider] of ['openai', 'openai', 'anthropic'].entries()) {
      await client.call(
        { ...request(`row ${i}`, provider === 'openai' ? MODEL : 'claude-3-haiku'), provider },
        context({ stage: `s${i}` }),
      );
    }
    await client.close();
    const books = await openBooks({ kind: 'lmdb', folder: on.folder }, { ttlMs: 1e9, bytesMax: 1e9 }, realWorld);
    const report = await costReport(books, {
      period: {},
      by: ['provider', 'stage'],
      timeZone: 'UTC',
      dailyBudget: 1,
      now: Date.now(),
    });
    await books.close();
    const json = costReportJson(report);
    const unknown = report.period.unknownAtMost;
    expect(json).toMatchObject({
      current_cost: Number(one.billed - (one.records[1]?.billed ?? 0n) + two.billed) / 1e9,
      daily_budget: 1,
      by_provider: { anthropic: Number(two.billed) / 1e9 },
      request_counts: { openai: 3, anthropic: 1 },
      period: { requests: 4, answered: 3, unknown_requests: 1, unknown_at_most: Number(unknown) / 1e9 },
    });
    expect(report.remaining).toBe(1_000_000_000n - report.period.exact - unknown);
    expect(json['groups']).toMatchObject([
      { provider: 'openai', stage: 's0', requests: 1 },
      { provider: 'openai', stage: 's1', requests: 2, unknown_requests: 1 },
      { provider: 'anthropic', stage: 's2', requests: 1 },
    ]);
  });
});

describe('an estimate', () => {
  it('estimates the bill before the call, and none for what the journal holds', async () => {
    const fake = await on.fake();
    const client = await on.client([setupOf(fake)]);
    const before = await client.estimate(request('hi'), context());
    expect(before).toMatchObject({ kind: 'possible', journaled: false, provider: 'openai' });
    const result = answered(await client.call(request('hi'), context()));
    const after = await client.estimate(request('hi'), context());
    expect(after.journaled).toBe(true);
    if (after.kind !== 'possible') throw new Error(after.message);
    expect(after.cost.worst).toBeGreaterThan(after.cost.likely ?? 0n);
    expect(Number(after.cost.worst) / 1e9).toBeGreaterThan(result.cost_usd ?? 0);
    expect(await client.estimate(request('hi', 'no-such-model'), context({ providers: [] }))).toMatchObject({
      kind: 'impossible',
    });
    expect(fake.records).toHaveLength(1);
  });
});
