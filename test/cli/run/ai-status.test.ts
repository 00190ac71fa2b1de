import { describe, expect, it } from 'vitest';
import type { AiStatus } from '../../../src/ai/index.js';
import { NOTHING } from '../../../src/ai/ledger/index.js';
import { aiStatusLines } from '../../../src/cli/run/ai-status-lines.js';
import { aiStatusReporter } from '../../../src/cli/run/ai-status.js';
import { noCounts } from '../../../src/pipeline/index.js';
import { aiSummary, costNothing } from '../../../src/cli/run/ai-summary.js';
import { writeStderr } from '../../../src/cli/terminal/stderr.js';

const NOW = 1_000_000;
const NO_COUNTS = noCounts();
type Provider = AiStatus['providers'][number];

function provider(more: Partial<Provider> = {}): Provider {
  return {
    name: 'openai',
    breaker: { kind: 'closed', failures: 0 },
    waiting: 0,
    requestsPerMinute: 12,
    tokensPerMinute: 12_345,
    limits: {},
    latencyMs: 1234,
    ...more,
  };
}

function status(more: Partial<AiStatus> = {}): AiStatus {
  return {
    answered: 0,
    failed: 0,
    cached: 0,
    sent: 0,
    totals: NOTHING,
    inFlight: 0,
    spent: 0n,
    left: undefined,
    budgets: [],
    providers: [],
    ...more,
  };
}

function lines(more: Partial<AiStatus>, progress = { counts: NO_COUNTS, bytes: 0 }, totalBytes?: number): string {
  const size = totalBytes === undefined ? undefined : { total: totalBytes, before: 0 };
  const shown = aiStatusLines({ progress, status: status(more), seconds: 10, size, now: NOW });
  return shown.map((parts) => parts.join(' · ')).join('\n');
}

describe('the status of a run with AI stages', () => {
  it('says how far it is, what it has cost, what is left and how long it takes', () => {
    const counts = { ...NO_COUNTS, input: 1319, deadLettered: 2 };
    const totals = { ...NOTHING, exact: 120_000_000n, unknown: 1 };
    const shown = lines({ cached: 10, inFlight: 16, totals, left: 19_880_000_000n }, { counts, bytes: 250 }, 1000);
    expect(shown.split('\n')).toEqual([
      '25 % · 1,319 done · 2 failed · ETA 30 s · 132/s · 10 answers from the journal',
      '16 in flight · $0.12 spent · $19.88 left · 1 of unknown cost',
    ]);
  });

  it('names each provider that has been asked, its limits and its troubles', () => {
    const shown = lines({
      providers: [
        provider({ waiting: 3, limits: { tokensPerMinute: 90_000, requestsPerMinute: 500 } }),
        provider({ name: 'a', breaker: { kind: 'open', openedAt: 0, until: NOW + 12_000, failures: 5 } }),
        provider({ name: 'b', breaker: { kind: 'half-open', probedAt: 0, failures: 5 } }),
        provider({ name: 'c', breaker: { kind: 'down', since: 0, until: Infinity, reason: 'out_of_credit' } }),
        provider({ name: 'idle', tokensPerMinute: 0, latencyMs: undefined }),
      ],
    });
    expect(shown.split('\n').slice(2)).toEqual([
      'openai: answers in 1.2 s · 3 waiting · 12,345 of 90,000 tokens in the last minute · at most 500 requests/min',
      'a: failing, next try in 12 s · 12,345 tokens in the last minute',
      'b: failing, being tried · 12,345 tokens in the last minute',
      'c: down (out_of_credit) · 12,345 tokens in the last minute',
    ]);
  });
});

describe('the reporter', () => {
  function stage(redraws: boolean, rows = 24) {
    let written = '';
    let tick: () => void = () => undefined;
    let intervalMs = 0;
    const reporter = aiStatusReporter(
      {
        write: (text) => (written += text),
        redraws,
        columns: () => 20,
        rows: () => rows,
        now: () => NOW,
        every(ms, then) {
          intervalMs = ms;
          tick = then;
          return () => (tick = () => undefined);
        },
      },
      () => Promise.resolve(status({ inFlight: 4, providers: [provider()] })),
      undefined,
    );
    return {
      reporter,
      intervalMs: () => intervalMs,
      written: () => written,
      async tick() {
        tick();
        await new Promise((resolve) => setImmediate(resolve));
      },
    };
  }

  it('redraws its lines in place on a terminal, as much as fits its width, and takes them away at the end', async () => {
    const on = stage(true);
    await on.tick();
    expect(on.written()).toBe('0 done · 0/min\n4 in flight\nopenai: answers in ');
    await on.tick();
    on.reporter.close();
    expect(on.written().split('\u001b[2A\r\u001b[J')).toHaveLength(3);
    expect(on.written().endsWith('\u001b[2A\r\u001b[J')).toBe(true);
  });

  it('is not higher than the terminal: what has scrolled off could not be taken away', async () => {
    const on = stage(true, 3);
    await on.tick();
    expect(on.written()).toBe('0 done · 0/min\n4 in flight');
    on.reporter.close();
  });

  it('makes way for what is said meanwhile', async () => {
    const on = stage(true);
    await on.tick();
    const before = on.written();
    writeStderr('');
    expect(on.written().slice(before.length)).toBe('\u001b[2A\r\u001b[J');
    on.reporter.close();
    expect(on.written().slice(before.length)).toBe('\u001b[2A\r\u001b[J');
  });

  it('writes a plain line every half minute elsewhere', async () => {
    const on = stage(false);
    expect(on.intervalMs()).toBe(30_000);
    await on.tick();
    expect(on.written()).toBe(
      'colloquium: 0 done · 0/min · 4 in flight · $0.00 spent · openai: answers in 1.2 s · 12,345 tokens in the last minute\n',
    );
    on.reporter.close();
    await on.tick();
    expect(on.written().split('\n')).toHaveLength(2);
  });
});

describe('the closing line', () => {
  it('says that nothing was paid for where that is so', () => {
    const tried = { ...NOTHING, attempts: 6 };
    expect(costNothing(status({ totals: tried }))).toBe(true);
    expect(costNothing(status({ totals: { ...tried, unknown: 1 } }))).toBe(false);
    expect(costNothing(status({ totals: { ...tried, exact: 1n } }))).toBe(false);
    expect(costNothing(status({ cached: 1 }))).toBe(false);
  });

  it('tells calls, what the journal answered, attempts and cost, and unknowns apart', () => {
    const totals = { ...NOTHING, attempts: 1320, exact: 1_230_000_000n, unknown: 1, unknownAtMost: 400_000n };
    const { text, json } = aiSummary(status({ answered: 1300, failed: 17, cached: 10, sent: 1320, totals }));
    expect(text).toBe(
      'colloquium: 1,317 AI calls, 10 answered from the journal, 1,320 attempts, $1.23 spent, 1 of unknown cost, at most $0.0004 more\n',
    );
    expect(json).toMatchObject({ calls: 1317, cached: 10, attempts: 1320, spent_usd: 1.23, unknown: 1 });
  });

  it('tells an estimated cost from what a provider has said, and requests from the attempts that share them', () => {
    const totals = {
      ...NOTHING,
      attempts: 300,
      exact: 1_000_000_000n,
      estimated: 230_000_000n,
      estimatedAtMost: 900_000_000n,
    };
    const { text, json } = aiSummary(status({ answered: 300, failed: 0, cached: 0, sent: 1, totals }));
    expect(text).toBe(
      'colloquium: 300 AI calls, 300 attempts in 1 request, $1.23 spent ($0.23 of it by our own count of tokens, at most $0.90)\n',
    );
    expect(json).toMatchObject({
      attempts: 300,
      requests: 1,
      spent_usd: 1.23,
      estimated_usd: 0.23,
      estimated_at_most_usd: 0.9,
    });
  });
});
