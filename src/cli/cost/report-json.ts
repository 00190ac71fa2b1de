import { costReportJson } from '../../ai/index.js';
import type { CostView } from './cost-view.js';

/** For programs: one line. Amounts are US dollars. */
export function reportJson({ report, by, since, timeZone }: CostView): string {
  const asked = { since: new Date(since).toISOString(), by, timezone: timeZone };
  return `${JSON.stringify({ ...costReportJson(report), ...asked })}\n`;
}
