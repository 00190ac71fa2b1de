import { dollars } from '../../../ai/money/index.js';
import type { Bill, BillStage, Range } from '../../../jobs/forecast/index.js';
import type { BatchPrice } from './batch-price.js';

/** The bill for programs: one line. Amounts are in US dollars; null: unknown. */
export function billJson(bill: Bill, inBatches?: BatchPrice): string {
  const { pipeline, input, filtered, finished, failed, examples, stages, total, seconds, concurrency, left } = bill;
  const { sample } = bill;
  return `${JSON.stringify({
    dry_run: true,
    pipeline,
    input,
    filtered,
    finished,
    failed,
    failures: examples,
    ...amounts(total),
    ...(inBatches && {
      batch_cost_usd: {
        likely: dollars(inBatches.likely),
        worst: inBatches.worst === undefined ? null : dollars(inBatches.worst),
      },
    }),
    complete: stages.every(({ more }) => more === 0),
    stages: stages.map((stage) => ({ stage: stage.stage, calls_up_to_more: stage.more, ...amounts(stage) })),
    ...(bill.cascades.length > 0 && { cascades: bill.cascades }),
    seconds: seconds === undefined ? null : { likely: Math.ceil(seconds.likely), worst: Math.ceil(seconds.worst) },
    concurrency,
    budget_left_usd: left === undefined ? null : dollars(left),
    ...(sample && {
      sample: {
        sent: sample.sent,
        failed: sample.failed,
        failures: sample.failures,
        spent_usd: dollars(sample.spent),
        stopped: sample.stopped ?? null,
      },
    }),
  })}\n`;
}

function amounts({ calls, unpriced, journaled, duplicates, unfit, tokens, cost }: Omit<BillStage, 'stage' | 'more'>) {
  return {
    calls,
    journaled,
    duplicates,
    cannot_fit: unfit,
    unpriced,
    tokens: {
      input_likely: tokens.input,
      output_likely: tokens.output,
      likely: tokens.input + tokens.output,
      worst: tokens.worst,
    },
    cost_usd: {
      likely: toDollars(cost.likely),
      worst: cost.worst === undefined ? null : dollars(cost.worst),
      mending_at_most: dollars(cost.mending),
      ...(cost.range && rangeInDollars(cost.range)),
    },
  };
}

function rangeInDollars({ low, high }: Range): { readonly low: number; readonly high: number | null } {
  return { low: toDollars(low), high: high === Infinity ? null : toDollars(high) };
}

function toDollars(nano: number): number {
  return dollars(BigInt(Math.round(nano)));
}
