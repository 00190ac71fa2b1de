import type { Books } from '../books/index.js';
import { amountOf, outIn, unansweredIn } from '../batch-store/index.js';
import { Cascades, type CascadeCost } from './cascades.js';
import { knownCost } from './known-cost.js';
import { dayAt } from '../calendar.js';
import { NOTHING, plus, type Dimension, type Group, type Period, type Totals } from '../ledger/index.js';
import { dollars, nanoOfDollars, type Nano } from '../money/index.js';

export interface CostQuestion {
  readonly period: Period;
  readonly by: readonly Dimension[];
  readonly timeZone: string;
  /** US dollars, as decimal text or number. */
  readonly dailyBudget?: string | number | undefined;
  /** US dollars a day, by pipeline. */
  readonly pipelineBudgets?: Readonly<Record<string, string | number>> | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** What was spent, in nano-dollars; {@link costReportJson} converts it to dollars. */
export interface CostReport {
  /** The budget's day. */
  readonly today: string;
  readonly todayTotals: Totals;
  readonly todayByProvider: readonly { readonly provider: string; readonly totals: Totals }[];
  /** As charged to the budget: unknown costs at their worst case. Undefined: no limit. */
  readonly dailyBudget: Nano | undefined;
  readonly remaining: Nano | undefined;
  /** Of pipelines with their own budget. */
  readonly pipelines: readonly { readonly pipeline: string; readonly budget: Nano; readonly remaining: Nano }[];
  /** Reserved for calls under way. */
  readonly setAside: Nano;
  readonly period: Totals;
  readonly groups: readonly Group[];
  /** Batches that are at a provider: what they cost is in no sum yet, whenever they were sent. */
  readonly out: {
    readonly batches: number;
    readonly requests: number;
    readonly atMost: Nano;
    readonly unpriced: number;
  };
  /** Of the stages that have one. */
  readonly cascades: readonly CascadeCost[];
}

export async function costReport(
  books: Pick<Books, 'ledger' | 'budget' | 'batches'>,
  question: CostQuestion,
): Promise<CostReport> {
  const { period, by, timeZone, now } = question;
  const today = dayAt(now, timeZone);
  const dailyBudget = question.dailyBudget === undefined ? undefined : nanoOfDollars(question.dailyBudget);
  const account = await books.budget.state(`day:${today}`);
  const pipelines = await Promise.all(
    Object.entries(question.pipelineBudgets ?? {}).map(async ([pipeline, amount]) => {
      const { spent, setAside } = await books.budget.state(`day:${today}/pipeline:${pipeline}`);
      const budget = nanoOfDollars(amount);
      return { pipeline, budget, remaining: atLeastZero(budget - spent - setAside) };
    }),
  );

  // No day is longer than 25 hours: an earlier attempt was not made today.
  let todayTotals = NOTHING;
  const byProvider = new Map<string, Totals>();
  for await (const entry of books.ledger.entries({ since: now - 25 * 3_600_000 })) {
    if (dayAt(entry.time, timeZone) !== today) continue;
    todayTotals = plus(todayTotals, entry);
    byProvider.set(entry.provider, plus(byProvider.get(entry.provider) ?? NOTHING, entry));
  }

  const cascades = new Cascades();
  for await (const entry of books.ledger.entries(period)) cascades.add(entry);

  const out = { batches: 0, requests: 0, atMost: 0n, unpriced: 0 };
  for await (const record of outIn(books.batches())) {
    const { rows, worst } = unansweredIn(record);
    out.batches += 1;
    out.requests += rows;
    out.atMost += amountOf(worst) ?? 0n;
    out.unpriced += worst === null ? 1 : 0;
  }

  const [whole] = await books.ledger.totals([], timeZone, period);
  return {
    today,
    todayTotals,
    todayByProvider: [...byProvider].map(([provider, totals]) => ({ provider, totals })),
    dailyBudget,
    remaining: dailyBudget === undefined ? undefined : atLeastZero(dailyBudget - account.spent - account.setAside),
    pipelines,
    setAside: account.setAside,
    period: whole?.totals ?? NOTHING,
    groups: await books.ledger.totals(by, timeZone, period),
    out,
    cascades: cascades.all,
  };
}

/** The report as JSON, in US dollars. */
export function costReportJson(report: CostReport): Record<string, unknown> {
  const { todayTotals, todayByProvider, dailyBudget, remaining } = report;
  return {
    current_cost: dollars(knownCost(todayTotals)),
    daily_budget: dailyBudget === undefined ? null : dollars(dailyBudget),
    remaining_budget: remaining === undefined ? null : dollars(remaining),
    by_provider: Object.fromEntries(
      todayByProvider.map(({ provider, totals }) => [provider, dollars(knownCost(totals))]),
    ),
    request_counts: Object.fromEntries(todayByProvider.map(({ provider, totals }) => [provider, totals.attempts])),
    day: report.today,
    set_aside: dollars(report.setAside),
    pipeline_budgets: Object.fromEntries(
      report.pipelines.map(({ pipeline, budget, remaining: left }) => [
        pipeline,
        { daily_budget: dollars(budget), remaining_budget: dollars(left) },
      ]),
    ),
    ...(report.out.batches > 0 && {
      batches_out: {
        batches: report.out.batches,
        requests: report.out.requests,
        at_most: dollars(report.out.atMost),
        unpriced_batches: report.out.unpriced,
      },
    }),
    today: totalsJson(todayTotals),
    period: totalsJson(report.period),
    groups: report.groups.map(({ by, isOthers, totals }) => ({
      ...by,
      ...(isOthers && { others: true }),
      ...totalsJson(totals),
    })),
    ...(report.cascades.length > 0 && { cascades: report.cascades.map(cascadeJson) }),
  };
}

function cascadeJson({ pipeline, stage, steps, last, cost, allAtLast }: CascadeCost): Record<string, unknown> {
  return {
    pipeline,
    stage,
    cost: dollars(cost),
    last_model: last,
    all_at_last_about: allAtLast === null ? null : dollars(allAtLast),
    steps: steps.map(({ step, model, totals }) => ({ step, model, ...totalsJson(totals) })),
  };
}

/** Totals as JSON, in US dollars. Uncertain costs are separate, with the most that they can be. */
export function totalsJson(totals: Totals): Record<string, number> {
  return {
    requests: totals.attempts,
    answered: totals.answered,
    input_tokens: totals.inputTokens,
    output_tokens: totals.outputTokens,
    cache_read_tokens: totals.cacheReadTokens,
    cache_write_tokens: totals.cacheWriteTokens,
    cost: dollars(knownCost(totals)),
    cost_exact: dollars(totals.exact),
    cost_estimated: dollars(totals.estimated),
    cost_estimated_at_most: dollars(totals.estimatedAtMost),
    unknown_requests: totals.unknown,
    unknown_at_most: dollars(totals.unknownAtMost),
    unpriced_requests: totals.unpriced,
  };
}

function atLeastZero(amount: Nano): Nano {
  return amount > 0n ? amount : 0n;
}
