import { flag, fraction, money, text } from './fields.js';
import { section } from './structures.js';

export const costManagement = () =>
  section({
    daily_budget: money('an amount in US dollars, like 100')
      .optional()
      .describe('Most US dollars that a day may cost. Default: no limit.'),
    alert_threshold: fraction(0, 1)
      .prefault(0.8)
      .describe('Share of the budget at which a warning is given, once a day.'),
    auto_stop_on_budget: flag()
      .prefault(true)
      .describe('true: a run stops at the budget and can be resumed. false: it waits for the next day.'),
    timezone: text('a time zone like UTC or Europe/Berlin', isTimeZone)
      .prefault('UTC')
      .describe("The time zone of the budget's day."),
  });

function isTimeZone(value: string): boolean {
  // Avoids the time to load time zones for the default.
  if (value === 'UTC') return true;
  try {
    new Intl.DateTimeFormat('en', { timeZone: value });
    return true;
  } catch {
    return false;
  }
}
