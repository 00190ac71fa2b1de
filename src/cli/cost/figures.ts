import { knownCost, type Totals } from '../../ai/index.js';
import { grouped } from '../terminal/grouped.js';
import type { Column } from '../terminal/table.js';

/** The columns of figures in a table of costs. */
export const NUMBERS: readonly Column[] = ['requests', 'unanswered', 'tokens in', 'tokens out', 'cost'].map(
  (title) => ({
    title,
    align: 'right',
  }),
);

/** The figures of a row, in the order of the columns. */
export function cells(totals: Totals, amount: string): string[] {
  const { attempts, answered, inputTokens, outputTokens, unknown, unpriced } = totals;
  const isUncertain = unknown + unpriced > 0;
  // No known spending is not the same as no spending.
  const cost = isUncertain && knownCost(totals) === 0n ? '?' : isUncertain ? `${amount} + ?` : amount;
  return [grouped(attempts), grouped(attempts - answered), grouped(inputTokens), grouped(outputTokens), cost];
}
