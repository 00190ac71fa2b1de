import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { AiStatus, LedgerEntry } from '../../../src/ai/index.js';
import { NOTHING } from '../../../src/ai/ledger/index.js';
import { openMetrics, samplesOf, sumOf, type KnownNames, type Metrics } from '../../../src/server/metrics/index.js';
import { post } from '../../support/daemon.js';
import { testServer } from '../../support/server.js';

const NAMES: KnownNames = {
  pipelines: new Map([['orders', new Set(['price'])]]),
  providers: new Set(['openai']),
  models: new Set(['gpt']),
};

const COUNTS = { input: 0, output: 0, filtered: 0, skipped: 0, unrouted: 0, deadLettered: 0 };

const TALLY = {
  counts: { ...COUNTS, output: 7, filtered: 1, deadLettered: 2 },
  failures: [
    { kind: 'invalid_json', stage: undefined, count: 1 },
    { kind: 'invalid_argument', stage: 'price', count: 1 },
  ],
  observations: [{ steps: [{ stage: 'price', seconds: 0.25 }] }],
  ageMs: 30,
};

const attempt = (more: Partial<LedgerEntry> = {}): LedgerEntry => ({
  id: '1',
  time: 0,
  call: 'c',
  attempt: 1,
  pipeline: 'orders',
  stage: 'price',
  provider: 'openai',
  model: 'gpt',
  worst: 9_000_000n,
  cascade: { step: 2, last: 'gpt' },
  end: {
    outcome: 'answered',
    billing: 'exact',
    cost: 2_500_000n,
    bound: 2_500_000n,
    latencyMs: 1500,
    tokens: { input: 10, cacheRead: 5, cacheWrite: 0, cacheWriteHour: 0, output: 3 },
  },
  ...more,
});

const STATUS: AiStatus = {
  answered: 1,
  failed: 0,
  cached: 0,
  sent: 1,
  totals: NOTHING,
  inFlight: 2,
  spent: 0n,
  left: undefined,
  budgets: [
    { pipeline: undefined, limit: 10_000_000_000n, spent: 4_000_000_000n, setAside: 1_000_000_000n },
    { pipeline: 'orders', limit: undefined, spent: 1n, setAside: 0n },
  ],
  providers: [
    {
      name: 'openai',
      breaker: { kind: 'half-open', probedAt: 0, failures: 5 },
      waiting: 3,
      requestsPerMinute: 6,
      tokensPerMinute: 60,
      limits: { requestsPerMinute: 100 },
      latencyMs: 1500,
    },
  ],
};

async function opened(): Promise<Metrics> {
  const metrics = await openMetrics('1.2.3', ['stdin', 'folder', 'nats'], () => 0);
  await metrics.know(NAMES);
  return metrics;
}

/** Metrics with something of everything in them. */
async function filled(): Promise<Metrics> {
  const metrics = await opened();
  metrics.pipelines.count('orders', TALLY);
  metrics.pipelines.show([{ pipeline: 'orders', state: 'waiting', lagMs: 1500, backlog: 12 }]);
  metrics.ai.hooks.onAttempt(attempt());
  metrics.ai.hooks.onCall('answered');
  metrics.ai.hooks.onLimiterWait('openai', 250);
  metrics.ai.show(STATUS, [{ provider: 'openai', model: 'gpt', amount: 4_000_000_000n }]);
  return metrics;
}

/** What a stage that looks across events has done in a block. */
const across = (ways: Partial<Record<'in' | 'made' | 'out' | 'merged' | 'open', number>>) => ({
  ...TALLY,
  stages: [{ stage: 'price', in: 0, made: 0, out: 0, filtered: 0, merged: 0, forgotten: 0, open: 0, ...ways }],
});

describe('the metrics', () => {
  it('add up for stages that keep events, when a pipeline begins again and when a batch fails', async () => {
    const metrics = await opened();
    const stage = 'price';
    const { pipelines } = metrics;
    pipelines.continueWith('orders', [{ stage, open: 2 }]);
    pipelines.count('orders', across({ in: 3, made: 1, out: 1, merged: 4, open: -1 }));
    // What lies behind the checkpoint is done again.
    pipelines.continueWith('orders', [{ stage, open: 2 }]);
    pipelines.count('orders', across({ in: 3, made: 1, out: 1, merged: 4, open: -1 }));
    // Three events become a batch that fails: two of them came in before.
    pipelines.count('orders', across({ in: 2, open: 2 }));
    pipelines.count('orders', across({ in: -2, open: -2 }));
    const snapshot = await metrics.snapshot();
    const of = (name: string, way?: string): number =>
      sumOf(snapshot, `colloquium_${name}`, { pipeline: 'orders', ...(way !== undefined && { way }) });
    const ways = (...names: readonly string[]): number =>
      names.reduce((sum, way) => sum + of('stage_events_total', way), 0);
    expect([of('stage_open_before_events'), of('stage_open_events'), ways('failed')]).toEqual([3, 1, 2]);
    expect(ways('in', 'made') + of('stage_open_before_events')).toBe(
      ways('out', 'filtered', 'merged', 'failed') + of('stage_open_events'),
    );
  });

  it('count what became of events, and why some failed', async () => {
    const page = await (await filled()).text();
    for (const line of [
      'colloquium_events_processed_total{pipeline="orders",outcome="output"} 7',
      'colloquium_events_processed_total{pipeline="orders",outcome="skipped"} 0',
      'colloquium_event_failures_total{pipeline="orders",stage="input",kind="invalid_json"} 1',
      'colloquium_event_failures_total{pipeline="orders",stage="price",kind="invalid_argument"} 1',
      'colloquium_stage_duration_seconds_bucket{le="0.5",pipeline="orders",stage="price"} 1',
      'colloquium_event_delivery_seconds_sum{pipeline="orders"} 0.03',
      'colloquium_pipeline_state{pipeline="orders",state="waiting"} 1',
      'colloquium_pipeline_lag_seconds{pipeline="orders"} 1.5',
      'colloquium_pipeline_backlog_events{pipeline="orders"} 12',
      'colloquium_build_info{version="1.2.3"} 1',
    ]) {
      expect(page).toContain(`\n${line}\n`);
    }
  });

  it('show providers, their limits, and money in dollars', async () => {
    const page = await (await filled()).text();
    for (const line of [
      'colloquium_ai_requests_total{provider="openai",model="gpt",outcome="answered"} 1',
      'colloquium_ai_tokens_total{provider="openai",model="gpt",direction="input"} 15',
      'colloquium_ai_cached_tokens_total{provider="openai",model="gpt",direction="read"} 5',
      'colloquium_ai_cascade_requests_total{pipeline="orders",stage="price",step="2"} 1',
      'colloquium_ai_cost_usd_total{provider="openai",model="gpt",billing="exact"} 0.0025',
      'colloquium_ai_budget_limit_usd 10',
      'colloquium_ai_budget_left_usd 5',
      'colloquium_ai_budget_spent_usd{pipeline="orders"} 1e-9',
      'colloquium_ai_spent_today_usd{provider="openai",model="gpt"} 4',
      'colloquium_ai_breaker_state{provider="openai",state="half_open"} 1',
      'colloquium_ai_limiter_waiting_requests{provider="openai"} 3',
      'colloquium_ai_limit_per_minute{provider="openai",kind="requests"} 100',
    ]) {
      expect(page).toContain(`\n${line}\n`);
    }
  });

  it('have no label that is not from the config, whatever events and providers say', async () => {
    const metrics = await opened();
    for (let n = 0; n < 50; n++) {
      metrics.ai.hooks.onAttempt(attempt({ model: `made-up-${n}` }));
      metrics.pipelines.count('orders', { ...TALLY, observations: [{ steps: [{ stage: `stage-${n}`, seconds: 1 }] }] });
    }
    const snapshot = await metrics.snapshot();
    expect(sumOf(snapshot, 'colloquium_ai_requests_total', { model: 'other' })).toBe(50);
    expect(samplesOf(snapshot, 'colloquium_ai_requests_total')).toHaveLength(1);
    expect(samplesOf(snapshot, 'colloquium_stage_duration_seconds_count')).toHaveLength(1);
  });

  it('drop the series of what has left the config, and keep the others', async () => {
    const metrics = await filled();
    metrics.pipelines.count('orders', TALLY);
    await metrics.know({ ...NAMES, pipelines: new Map([['payments', new Set()]]) });
    const snapshot = await metrics.snapshot();
    const pipelines = new Set(snapshot.map(({ labels }) => labels['pipeline']));
    expect([...pipelines].sort()).toEqual(['payments', undefined]);
    expect(sumOf(snapshot, 'colloquium_ai_requests_total')).toBe(1);
  });

  it('say on the page and in the snapshot the same', async () => {
    const metrics = await filled();
    const page = await metrics.text();
    const own = (await metrics.snapshot()).filter(({ name }) => name.startsWith('colloquium_'));
    const lines = page.split('\n').filter((line) => line.startsWith('colloquium_'));
    expect(lines).toHaveLength(own.length);
    for (const { name, value } of own) {
      expect(lines.some((line) => line.startsWith(name) && line.endsWith(` ${value}`))).toBe(true);
    }
  });

  it.skipIf(spawnSync('promtool', ['--version']).error !== undefined)('pass the check of Prometheus', async () => {
    const { status, stderr, stdout } = spawnSync('promtool', ['check', 'metrics'], {
      input: await (await filled()).text(),
      encoding: 'utf8',
    });
    expect({ status, stderr, stdout }).toEqual({ status: 0, stderr: '', stdout: '' });
  });
});

describe('GET /metrics', () => {
  it('answers as Prometheus asks for it, and counts requests by route, method and status', async () => {
    const server = await testServer();
    await post(`${server.url}/events/nowhere`, {});
    await fetch(`${server.url}/some/secret/path?token=x`);
    const response = await fetch(`${server.url}/metrics`);
    expect(response.headers.get('content-type')).toContain('text/plain; version=0.0.4');
    const page = await response.text();
    expect(page).toContain('colloquium_http_requests_total{route="/events/:pipeline",method="POST",code="404"} 1');
    expect(page).toContain('colloquium_http_requests_total{route="other",method="GET",code="404"} 1');
    expect(page).toMatch(/^colloquium_http_connections [1-9]/m);
    expect(page).not.toContain('secret');
    await server.close();
  });

  it('answers as JSON with the few figures', async () => {
    const metrics = await opened();
    metrics.pipelines.count('orders', TALLY);
    metrics.pipelines.count('orders', { ...TALLY, counts: { ...COUNTS, output: 10 }, observations: [] });
    const server = await testServer({ server: { metrics } });
    expect(await (await fetch(`${server.url}/metrics.json`)).json()).toEqual({
      events_processed: 18,
      events_failed: 2,
      active_connections: 1,
      average_processing_time_ms: 250,
      error_rate: 0.1,
    });
    await server.close();
  });
});
