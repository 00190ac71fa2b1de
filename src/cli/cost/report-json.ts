import { costReportJson } from '../../ai/index.js';
import type { CostView } from './cost-view.js';

/** The report for programs: one line. Amounts are in US dollars. */
export function reportJson({ report, by, since, timeZone }: CostView): string {
  const asked = { since: new Date(since).toISOString(), by, timezone: timeZone };
  return `${JSON.stringify({ ...costReportJson(report), ...asked })}\n`;
}
