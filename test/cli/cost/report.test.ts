import { describe, expect, it } from 'vitest';
import { costReportJson, type CostReport, type Totals } from '../../../src/ai/index.js';
import { bar } from '../../../src/cli/cost/bar.js';
import type { CostView } from '../../../src/cli/cost/cost-view.js';
import { reportCsv } from '../../../src/cli/cost/report-csv.js';
import { reportText } from '../../../src/cli/cost/report-text.js';

const NOTHING: Totals = {
  attempts: 0,
  answered: 0,
  inputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  outputTokens: 0,
  exact: 0n,
  estimated: 0n,
  estimatedAtMost: 0n,
  unknown: 0,
  unknownAtMost: 0n,
  unpriced: 0,
};

function view(groups: readonly [string, Partial<Totals>][], report: Partial<CostReport> = {}): CostView {
  const full = groups.map(([day, totals]) => ({ by: { day }, totals: { ...NOTHING, ...totals } }));
  const add = (key: 'attempts' | 'answered' | 'unknown' | 'unpriced'): number =>
    full.reduce((sum, { totals }) => sum + totals[key], 0);
  const addMoney = (key: 'exact' | 'unknownAtMost'): bigint => full.reduce((sum, { totals }) => sum + totals[key], 0n);
  const period = {
    ...NOTHING,
    attempts: add('attempts'),
    answered: add('answered'),
    unknown: add('unknown'),
    unpriced: add('unpriced'),
    exact: addMoney('exact'),
    unknownAtMost: addMoney('unknownAtMost'),
  };
  return {
    by: ['day'],
    since: Date.parse('2026-07-01T00:00:00Z'),
    timeZone: 'UTC',
    report: {
      today: '2026-07-02',
      todayTotals: NOTHING,
      todayByProvider: [],
      dailyBudget: 20_000_000_000n,
      remaining: 19_000_000_000n,
      pipelines: [],
      setAside: 0n,
      period,
      groups: full,
      out: { batches: 0, requests: 0, atMost: 0n, unpriced: 0 },
      cascades: [],
      ...report,
    },
  };
}

describe('the report of costs', () => {
  it('has a line for each group, a total, and what is left', () => {
    const shown = view([
      ['2026-07-01', { attempts: 1319, answered: 1300, exact: 1_500_000_000n, inputTokens: 123_456, outputTokens: 7 }],
      ['2026-07-02', { attempts: 2, answered: 2, exact: 500_000_000n }],
    ]);
    expect(reportText(shown, undefined)).toBe(`AI calls since 2026-07-01T00:00Z (days in UTC)

day         requests  unanswered  tokens in  tokens out   cost
2026-07-01     1,319          19    123,456           7  $1.50
2026-07-02         2           0          0           0  $0.50
total          1,321          19          0           0  $2.00

today (2026-07-02): $0.00 of $20.00 spent, $19.00 left
`);
  });

  it('never shows as $0 what nobody knows', () => {
    const shown = reportText(
      view([
        ['2026-07-01', { attempts: 3, unknown: 3, unknownAtMost: 40_000_000n }],
        ['2026-07-02', { attempts: 1, answered: 1, exact: 1_000_000_000n, unpriced: 1 }],
      ]),
      undefined,
    );
    expect(shown).toMatch(/2026-07-01.* \?$/m);
    expect(shown).toMatch(/2026-07-02.* \$1\.00 \+ \?$/m);
    expect(shown).toContain('not in the sum: 3 requests without an answer, which may be billed: at most $0.04');
    expect(shown).toContain('not in the sum: 1 request to models without a known price');
  });

  it('puts a value in quotes that would look like the attempts without one, or like all others', () => {
    const totals = { ...NOTHING, attempts: 1 };
    const groups: CostReport['groups'] = [
      { by: { 'tag:team': null }, totals },
      { by: { 'tag:team': '(none)' }, totals },
      { by: { 'tag:team': '(others)' }, totals },
      { by: { 'tag:team': '"(none)"' }, totals },
      { by: { 'tag:team': '(others)' }, isOthers: true, totals },
    ];
    const shown = { ...view([], { groups }), by: ['tag:team'] } as const;
    const labels = (text: string): string[] => text.split('\n').map((line) => line.split(/ {2,}/)[0] ?? '');
    expect(labels(reportText(shown, undefined)).slice(3, 8)).toEqual([
      '(none)',
      '"(none)"',
      '"(others)"',
      '"\\"(none)\\""',
      '(others)',
    ]);
    expect(
      reportCsv(shown)
        .match(/^[^,\n]*/gm)
        ?.slice(1, 6),
    ).toEqual(['(none)', '"""(none)"""', '"""(others)"""', expect.stringContaining('(none)'), '(others)']);
    expect(costReportJson(shown.report)['groups']).toMatchObject([
      { 'tag:team': null },
      { 'tag:team': '(none)' },
      { 'tag:team': '(others)' },
      { 'tag:team': '"(none)"' },
      { 'tag:team': '(others)', others: true },
    ]);
  });

  it('says what is set aside, and that there is no budget', () => {
    expect(reportText(view([], { setAside: 70_000_000n }), undefined)).toContain(
      '$19.00 left, $0.07 set aside for calls under way',
    );
    expect(reportText(view([], { dailyBudget: undefined, remaining: undefined }), undefined)).toContain(
      'no daily budget is set',
    );
  });

  it('says what is left for a pipeline with a budget of its own', () => {
    const pipelines = [{ pipeline: 'label', budget: 5_000_000_000n, remaining: 1_250_000_000n }];
    expect(reportText(view([], { pipelines }), undefined)).toContain('  pipeline label: $1.25 of $5.00 left today\n');
  });

  it('has bars on a terminal, as wide as it is, and none where there is no room', () => {
    const shown = view([
      ['2026-07-01', { exact: 2_000_000_000n }],
      ['2026-07-02', { exact: 1_000_000_000n }],
    ]);
    const bars = (columns: number): number[] =>
      reportText(shown, columns)
        .split('\n')
        .filter((line) => line.startsWith('2026'))
        .map((line) => line.replace(/[^█]/g, '').length);
    expect(bars(120)).toEqual([40, 20]);
    expect(bars(60)).toEqual([0, 0]);
    for (const line of reportText(shown, 85).split('\n')) expect(line.length).toBeLessThanOrEqual(85);
  });

  it('keeps amounts exact for spreadsheets', () => {
    const csv = reportCsv(view([['2026-07-01', { attempts: 1, answered: 1, exact: 1n }]]));
    expect(csv.split('\n')[1]).toBe('2026-07-01,1,1,0,0,0.000000001,0.000000001,0,0,0,0,0,0,0');
  });
});

describe('a bar', () => {
  it('shows what is not zero, and is whole for the most', () => {
    expect(bar(0n, 100n, 10)).toBe('');
    expect(bar(1n, 1_000_000n, 10)).toBe('▏');
    expect(bar(100n, 100n, 10)).toBe('█'.repeat(10));
    expect(bar(50n, 100n, 5)).toBe('██▌');
    expect(bar(0n, 0n, 10)).toBe('');
  });
});
