import { describe, expect, it } from 'vitest';
import {
  attemptId,
  createLedger,
  NOTHING,
  type AttemptEnd,
  type Ledger,
  type LedgerEntry,
} from '../../../src/ai/ledger/index.js';
import { openStores } from '../../../src/ai/store/index.js';

const noon = Date.UTC(2026, 0, 5, 12);
const setup = async (): Promise<Ledger> => createLedger((await openStores({ kind: 'memory' })).open('ledger'));

function entry(time: number, more: Partial<LedgerEntry> = {}): LedgerEntry {
  return {
    id: attemptId(time, 'x'),
    time,
    pipeline: 'default',
    stage: 'ask',
    event: '#0',
    call: 'key',
    attempt: 1,
    provider: 'openai',
    model: 'gpt-4',
    worst: 100n,
    ...more,
  };
}

const exact = (cost: bigint): AttemptEnd => ({
  outcome: 'answered',
  billing: 'exact',
  cost,
  bound: cost,
  tokens: { input: 10, cacheRead: 2, cacheWrite: 0, cacheWriteHour: 0, output: 5 },
  rawUsage: { prompt_tokens: 12, cost: '0.5' },
});

describe('the ledger', () => {
  it('gives back what was written, to the nano-dollar', async () => {
    const ledger = await setup();
    const one = entry(noon, { worst: 10n ** 20n });
    await ledger.open(one);
    expect(await ledger.get(one.id)).toEqual(one);
    await ledger.close(one, exact(10n ** 19n));
    expect(await ledger.get(one.id)).toEqual({ ...one, end: exact(10n ** 19n) });
  });

  it('sums up by what is asked for, by calendar days of a zone', async () => {
    const ledger = await setup();
    await ledger.close(entry(noon), exact(1n));
    await ledger.close(entry(noon + 1, { provider: 'anthropic', model: 'claude' }), exact(2n));
    await ledger.close(entry(noon + 11.5 * 3_600_000), exact(4n));
    const sums = async (by: Parameters<Ledger['totals']>[0], zone = 'UTC') =>
      (await ledger.totals(by, zone)).map(({ by: key, totals }) => [Object.values(key).join(' '), totals.exact]);
    expect(await sums([])).toEqual([['', 7n]]);
    expect(await sums(['provider'])).toEqual([
      ['openai', 5n],
      ['anthropic', 2n],
    ]);
    expect(await sums(['day'])).toEqual([['2026-01-05', 7n]]);
    expect(await sums(['day', 'model'], 'Europe/Berlin')).toEqual([
      ['2026-01-05 gpt-4', 1n],
      ['2026-01-05 claude', 2n],
      ['2026-01-06 gpt-4', 4n],
    ]);
  });

  it('shows what nobody knows for sure apart, and never as nothing', async () => {
    const ledger = await setup();
    await ledger.close(entry(noon), exact(1n));
    await ledger.close(entry(noon + 1), { outcome: 'answered', billing: 'estimated', cost: 20n, bound: 100n });
    await ledger.close(entry(noon + 2), { outcome: 'timeout', billing: 'unknown', cost: 0n, bound: 100n });
    await ledger.open(entry(noon + 3));
    await ledger.close(entry(noon + 4, { worst: null }), {
      outcome: 'answered',
      billing: 'exact',
      cost: null,
      bound: null,
    });
    const [all] = await ledger.totals([], 'UTC');
    expect(all?.totals).toEqual({
      attempts: 5,
      answered: 3,
      inputTokens: 12,
      cacheReadTokens: 2,
      cacheWriteTokens: 0,
      outputTokens: 5,
      exact: 1n,
      estimated: 20n,
      estimatedAtMost: 100n,
      unknown: 2,
      unknownAtMost: 200n,
      unpriced: 1,
    });
  });

  it('looks at a period only, and forgets what is pruned', async () => {
    const ledger = await setup();
    for (let hour = 0; hour < 10; hour++) await ledger.close(entry(noon + hour * 3_600_000), exact(1n));
    const count = async (since?: number, until?: number) =>
      (await ledger.totals([], 'UTC', { since, until }))[0]?.totals.attempts ?? 0;
    expect(await count(noon + 3_600_000, noon + 3 * 3_600_000)).toBe(2);
    expect(await count(noon + 9.5 * 3_600_000)).toBe(0);
    expect(await ledger.prune(noon + 4 * 3_600_000)).toBe(4);
    expect(await count()).toBe(6);
  });

  it('that is empty has no sums', async () => {
    expect(await (await setup()).totals(['day'], 'UTC')).toEqual([]);
    expect(NOTHING.attempts).toBe(0);
  });
});
