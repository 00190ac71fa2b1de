import { isatty } from 'node:tty';
import { costReport, dayAt, nextDayStart } from '../../ai/index.js';
import { openBooksOf } from '../journal/open-books.js';
import { dimensionsOf } from './dimensions.js';
import type { CostFlags } from './flags.js';
import { EXIT } from '../exit/exit-codes.js';
import { isInSeconds, momentProblem } from '../../config/units/index.js';
import { MOMENT_EXAMPLES, parseMoment } from '../flags/moment.js';
import { print } from '../terminal/print.js';
import { UserError } from '../exit/user-error.js';
import type { CostView } from './cost-view.js';
import { reportCsv } from './report-csv.js';
import { reportJson } from './report-json.js';
import { reportText } from './report-text.js';

const STDOUT = 1;

/** `colloquium cost`: from flags to exit code. Needs no provider, and doesn't disturb running processes. */
export async function cost(flags: CostFlags): Promise<number> {
  const by = dimensionsOf(flags.by);
  const { books, timeZone, dailyBudget, pipelineBudgets } = await openBooksOf(flags);
  try {
    const now = Date.now();
    const since = parseMoment(flags.since, now, (day) => dayStart(day, timeZone));
    if (since === undefined) {
      const problem = isInSeconds(flags.since) ? momentProblem(flags.since) : 'is no time';
      throw new UserError(`--since ${flags.since} ${problem}`, EXIT.usage, `give one like ${MOMENT_EXAMPLES}`);
    }
    // Settles what dead processes left open: afterwards it is either known or in doubt, and shown as such.
    await books.recover();
    const report = await costReport(books, { period: { since }, by, timeZone, dailyBudget, pipelineBudgets, now });
    const view: CostView = { report, by, since, timeZone };
    await print(printed(view, flags.format));
    return EXIT.ok;
  } finally {
    await books.close();
  }
}

function printed(view: CostView, format: CostFlags['format']): string {
  switch (format) {
    case 'json':
      return reportJson(view);
    case 'csv':
      return reportCsv(view);
    case 'text':
      return reportText(view, isatty(STDOUT) ? process.stdout.columns : undefined);
  }
}

/** No time zone is further from UTC than this. */
const ZONE_OFFSET_MS_MAX = 14 * 3_600_000;

/** When a day begins in a time zone; for a day that the zone skipped, when the next day begins. */
function dayStart(day: string, timeZone: string): number {
  let time = Date.parse(`${day}T00:00:00Z`) - ZONE_OFFSET_MS_MAX - 1;
  while (dayAt(time, timeZone) < day) time = nextDayStart(time, timeZone);
  return time;
}
