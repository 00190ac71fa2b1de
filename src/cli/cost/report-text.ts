import { knownCost, type CostReport, type Nano, type Totals } from '../../ai/index.js';
import { amountColumn, showAmount } from '../../ai/money/index.js';
import { minuteText } from '../../world/index.js';
import { cacheShare } from '../terminal/cache-share.js';
import { grouped } from '../terminal/grouped.js';
import { table, type Column } from '../terminal/table.js';
import { bar } from './bar.js';
import { cascadesText } from './cascades-text.js';
import type { CostView } from './cost-view.js';
import { cells, NUMBERS } from './figures.js';
import { groupLabel } from './group-label.js';

const BAR: Column = { title: '', align: 'left' };
const BAR_WIDTH_MIN = 8;
const BAR_WIDTH_MAX = 40;

/**
 * The report for people: a table, the costs that are uncertain, and what is left today.
 *
 * @param columns of the terminal; undefined: stdout is not a terminal, and there are no bars
 */
export function reportText(view: CostView, columns: number | undefined): string {
  const { report, since, timeZone } = view;
  const body =
    report.groups.length === 0
      ? `nothing was spent\n${inBatches(report)}`
      : `${costTable(view, columns)}${uncertain(report.period)}${inBatches(report)}${fromCaches(report.period)}${cascadesText(report.cascades)}`;
  return `AI calls since ${minuteText(since)} (days in ${timeZone})\n\n${body}\n${today(report)}`;
}

function costTable({ report, by }: CostView, columns: number | undefined): string {
  const { groups, period } = report;
  const all = [...groups.map(({ totals }) => totals), period];
  const amounts = amountColumn(all.map(knownCost));
  const numbers = all.map((totals, i) => cells(totals, amounts[i] ?? ''));
  const head = [...by.map((dimension): Column => ({ title: dimension, align: 'left' })), ...NUMBERS];
  const labels = [
    ...groups.map((group) => by.map((dimension) => groupLabel(group, dimension))),
    ['total', ...by.slice(1).map(() => '')],
  ];
  const rows = labels.map((label, i) => [...label, ...(numbers[i] ?? [])]);
  const plain = table(head, rows);
  const room =
    columns === undefined
      ? 0
      : columns - plain.split('\n').reduce((longest, line) => Math.max(longest, line.length), 0) - 3;
  if (room < BAR_WIDTH_MIN) return plain;
  const most = groups.reduce<Nano>((max, { totals }) => (knownCost(totals) > max ? knownCost(totals) : max), 0n);
  const bars = groups.map(({ totals }) => bar(knownCost(totals), most, Math.min(room, BAR_WIDTH_MAX)));
  return table(
    [...head, BAR],
    rows.map((row, i) => [...row, bars[i] ?? '']),
  );
}

/** What is not in the sum, or not for sure. */
function uncertain(totals: Totals): string {
  const { estimated, estimatedAtMost, unknown, unknownAtMost, unpriced } = totals;
  const lines: string[] = [];
  if (unknown > 0) {
    const most = unpriced > 0 && unknownAtMost === 0n ? 'at an unknown price' : `at most ${showAmount(unknownAtMost)}`;
    lines.push(`not in the sum: ${counted(unknown, 'request')} without an answer, which may be billed: ${most}`);
  }
  if (estimated > 0n) {
    lines.push(
      `in the sum: ${showAmount(estimated)} by our own count of tokens, at most ${showAmount(estimatedAtMost)}`,
    );
  }
  if (unpriced > 0) lines.push(`not in the sum: ${counted(unpriced, 'request')} to models without a known price`);
  return lines.map((line) => `${line}\n`).join('');
}

/** Batches that are still out: nobody knows yet what they cost. */
function inBatches({ out: { batches, requests, atMost, unpriced } }: CostReport): string {
  if (batches === 0) return '';
  const most = unpriced === batches ? 'at an unknown price' : `at most ${showAmount(atMost)}`;
  const many = batches === 1 ? '1 batch' : `${grouped(batches)} batches`;
  return `not in the sum: ${counted(requests, 'request')} in ${many} that a provider still has (colloquium journal batches): ${most}\n`;
}

function fromCaches(totals: Totals): string {
  const share = cacheShare(totals);
  const [read, written] = [grouped(totals.cacheReadTokens), grouped(totals.cacheWriteTokens)];
  if (share !== undefined) return `${share}: ${read} tokens read, ${written} written\n`;
  return totals.cacheWriteTokens === 0 ? '' : `nothing of the input from caches, ${written} tokens written to them\n`;
}

function today(report: CostReport): string {
  const pipelines = report.pipelines.map(
    ({ pipeline, budget, remaining }) =>
      `  pipeline ${pipeline}: ${showAmount(remaining)} of ${showAmount(budget)} left today\n`,
  );
  return wholeBudget(report) + pipelines.join('');
}

function wholeBudget({ today: day, todayTotals, dailyBudget, remaining, setAside }: CostReport): string {
  const spent = showAmount(knownCost(todayTotals));
  if (dailyBudget === undefined || remaining === undefined) return `today (${day}): ${spent}, no daily budget is set\n`;
  const open = setAside > 0n ? `, ${showAmount(setAside)} set aside for calls under way` : '';
  return `today (${day}): ${spent} of ${showAmount(dailyBudget)} spent, ${showAmount(remaining)} left${open}\n`;
}

function counted(count: number, what: string): string {
  return `${grouped(count)} ${what}${count === 1 ? '' : 's'}`;
}
