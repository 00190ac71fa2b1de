import { dollarText, knownCost, type Totals } from '../../ai/index.js';
import { csvRow } from '../../sinks/formats/index.js';
import type { CostView } from './cost-view.js';
import { groupLabel } from './group-label.js';

/** Amounts are exact decimals, in US dollars. */
const COLUMNS: readonly (readonly [string, (totals: Totals) => string])[] = [
  ['requests', ({ attempts }) => String(attempts)],
  ['answered', ({ answered }) => String(answered)],
  ['input_tokens', ({ inputTokens }) => String(inputTokens)],
  ['output_tokens', ({ outputTokens }) => String(outputTokens)],
  ['cost', (totals) => dollarText(knownCost(totals))],
  ['cost_exact', ({ exact }) => dollarText(exact)],
  ['cost_estimated', ({ estimated }) => dollarText(estimated)],
  ['cost_estimated_at_most', ({ estimatedAtMost }) => dollarText(estimatedAtMost)],
  ['unknown_requests', ({ unknown }) => String(unknown)],
  ['unknown_at_most', ({ unknownAtMost }) => dollarText(unknownAtMost)],
  ['unpriced_requests', ({ unpriced }) => String(unpriced)],
  ['cache_read_tokens', ({ cacheReadTokens }) => String(cacheReadTokens)],
  ['cache_write_tokens', ({ cacheWriteTokens }) => String(cacheWriteTokens)],
];

/** The report for spreadsheets: a line of titles, then one for each group (RFC 4180, but with plain newlines). */
export function reportCsv({ report, by }: CostView): string {
  const titles = [...by, ...COLUMNS.map(([title]) => title)];
  const rows = report.groups.map((group) => [
    ...by.map((dimension) => groupLabel(group, dimension)),
    ...COLUMNS.map(([, show]) => show(group.totals)),
  ]);
  return [titles, ...rows].map((cells) => `${csvRow(cells)}\n`).join('');
}
