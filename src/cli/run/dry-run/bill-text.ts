import type { Nano } from '../../../ai/index.js';
import { amountColumn, showAmount } from '../../../ai/money/index.js';
import { durationText } from '../progress.js';
import { grouped } from '../../terminal/grouped.js';
import { table, type Column } from '../../terminal/table.js';
import type { Bill, BillStage } from '../../../jobs/forecast/index.js';
import type { BatchPrice } from './batch-price.js';

/** The sample size that the advice names; large enough for most cases. */
const SAMPLE_ADVISED = 20;
const UNKNOWN = '?';

/** The bill for people. */
export function billText(bill: Bill, inBatches?: BatchPrice): string {
  const { pipeline, input, filtered, finished, stages } = bill;
  const parts = [`${grouped(input)} in`];
  if (filtered > 0) parts.push(`${grouped(filtered)} filtered`);
  if (finished > 0) parts.push(`${grouped(finished)} finished without a call`);
  if (bill.failed > 0) parts.push(`${grouped(bill.failed)} would fail`);
  const sent =
    bill.sample === undefined ? 'nothing was sent' : `${grouped(bill.sample.sent)} rows were sent as a sample`;
  const head = `colloquium: dry run of ${pipeline}: ${parts.join(', ')}; ${sent}\n`;
  const lines = [
    ...(stages.length === 0 ? ['no AI stage: it costs nothing'] : aiLines(bill)),
    ...batchLines(inBatches),
    ...failureLines(bill),
  ];
  return `${head}${stages.length === 0 ? '' : `\n${billTable(bill)}\n`}${lines.map((line) => `  ${line}\n`).join('')}`;
}

function billTable({ stages, total }: Bill): string {
  const rows = stages.length > 1 ? [...stages, { ...total, stage: 'total', more: 0 }] : stages;
  const has = (part: (stage: BillStage) => number): boolean => rows.some((row) => part(row) > 0);
  const likely = amountColumn(rows.map(({ cost }) => nano(cost.likely)));
  const worst = amountColumn(rows.map(({ cost }) => cost.worst ?? 0n));
  const columns: [Column, (row: BillStage, index: number) => string][] = [
    [left('stage'), ({ stage }) => stage],
    [right('calls'), ({ calls, more }) => (more > 0 ? `${grouped(calls)} + ?` : grouped(calls))],
    [right('tokens likely'), ({ tokens }) => grouped(tokens.input + tokens.output)],
    [right('worst'), ({ tokens, cost }) => (cost.worst === undefined ? UNKNOWN : grouped(tokens.worst))],
    [right('cost likely'), (row, i) => money(row, likely[i] ?? '')],
    [right('worst'), (row, i) => (row.cost.worst === undefined ? UNKNOWN : money(row, worst[i] ?? ''))],
  ];
  if (has(({ journaled }) => journaled)) columns.push([right('in the journal'), ({ journaled }) => grouped(journaled)]);
  if (has(({ duplicates }) => duplicates)) columns.push([right('duplicates'), ({ duplicates }) => grouped(duplicates)]);
  if (has(({ unfit }) => unfit)) columns.push([right("can't be served"), ({ unfit }) => grouped(unfit)]);
  return table(
    columns.map(([column]) => column),
    rows.map((row, i) => columns.map(([, cell]) => cell(row, i))),
  );
}

/** An unknown price does not mean that the call is free. */
function money({ calls, unpriced }: BillStage, amount: string): string {
  if (unpriced === 0) return amount;
  return unpriced >= calls ? UNKNOWN : `${amount} + ?`;
}

function aiLines(bill: Bill): string[] {
  const { stages, total, sample } = bill;
  const lines: string[] = [];
  for (const { stage, more } of stages) {
    if (more === 0) continue;
    lines.push(
      `${stage}: up to ${grouped(more)} calls more, which depend on answers that are not there yet (--sample ${SAMPLE_ADVISED} shows)`,
    );
  }
  lines.push(...bill.cascades.map(movingOnLine));
  if (total.unpriced > 0)
    lines.push(`${grouped(total.unpriced)} calls are to models without a known price: set cost_per_token`);
  if (total.cost.mending > 0n) {
    lines.push(
      `the worst case counts one attempt per call; mending answers that are cut off or invalid adds ${showAmount(total.cost.mending)} at most, --max-cost bounds it all`,
    );
  }
  if (sample !== undefined) lines.push(...sampleLines(bill, sample));
  if (total.calls > 0 || sample !== undefined) lines.push(timeLine(bill));
  const budget = budgetLine(bill);
  if (budget !== undefined) lines.push(budget);
  return lines;
}

function batchLines(price: BatchPrice | undefined): string[] {
  if (price === undefined) return [];
  const { likely, worst, only } = price;
  const most = worst === undefined ? '' : `, ${showAmount(worst)} at worst`;
  const what = only === undefined ? 'in batches' : `with ${only.join(', ')} in batches`;
  return [`${what}: ${showAmount(likely)} likely${most}; what no batch answers costs what the table says`];
}

/** What is assumed of a cascade, and how it is known. */
function movingOnLine({ stage, step, model, from, judged, moved }: Bill['cascades'][number]): string {
  const where = `${stage} step ${step} (${model})`;
  if (from === 'assumed')
    return `${where}: no answer tells yet how many rows move on to it: all are counted (--sample ${SAMPLE_ADVISED} shows)`;
  const whose = from === 'sample' ? 'rows of the sample' : 'answers in the journal';
  return `${where}: ${grouped(moved)} of ${grouped(judged)} ${whose} moved on to it: that share of the others is counted`;
}

function sampleLines({ total }: Bill, sample: NonNullable<Bill['sample']>): string[] {
  const { sent, failed, failures, stopped, spent } = sample;
  const lines = [`sample: ${grouped(sent)} rows for ${showAmount(spent)}, whose answers are kept in the journal`];
  const { range } = total.cost;
  if (range !== undefined && sent > failed) {
    const high = range.high === Infinity ? 'nobody knows' : showAmount(nano(range.high));
    lines.push(`the rest costs ${showAmount(nano(range.low))} to ${high} (95 % confidence)`);
  }
  if (failed > 0) lines.push(`${grouped(failed)} of the sample failed: ${failures.join('; ')}`);
  if (stopped !== undefined) lines.push(`the sample was stopped: ${stopped}`);
  return lines;
}

function timeLine({ seconds, concurrency, sample }: Bill): string {
  if (seconds === undefined) {
    return `time: no limits are configured (rate_limit): as fast as ${concurrency} calls at a time are answered`;
  }
  const source =
    sample === undefined ? 'at the configured limits' : 'at the configured limits and as fast as the sample';
  const worst = seconds.worst > seconds.likely ? `, at worst ${durationText(seconds.worst)}` : '';
  return `time: about ${durationText(seconds.likely)} ${source}${worst}`;
}

function budgetLine({ left: budget, total: { cost } }: Bill): string | undefined {
  if (budget === undefined) return undefined;
  const likely = nano(cost.likely);
  const shown = `budget: ${showAmount(budget)} left`;
  if (likely > budget) {
    const share = Number((budget * 100n) / likely);
    return `${shown}: not enough, it is likely to be spent after about ${share} % of the calls`;
  }
  if (cost.worst === undefined || cost.worst > budget)
    return `${shown}: enough for what is likely, not for the worst case`;
  return `${shown}: enough`;
}

function failureLines({ failed, examples }: Bill): string[] {
  if (failed === 0) return [];
  const more = failed > examples.length ? `, and ${grouped(failed - examples.length)} more` : '';
  return [`would fail: ${examples.join('; ')}${more}`];
}

function nano(amount: number): Nano {
  return BigInt(Math.round(amount));
}

function left(title: string): Column {
  return { title, align: 'left' };
}

function right(title: string): Column {
  return { title, align: 'right' };
}
