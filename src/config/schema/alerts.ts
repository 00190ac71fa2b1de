import { choice, duration, fraction } from './fields.js';
import { secret } from './secret.js';
import { named, section } from './structures.js';

/** The signals that can be watched. */
export const ALERT_SIGNALS = [
  'budget_share',
  'error_rate',
  'breakers_open',
  'backlog_seconds',
  'backlog_events',
  'disk_share',
] as const;

const rule = () =>
  section({
    signal: choice(ALERT_SIGNALS).describe(
      'What is watched. budget_share: of a daily budget, what is spent or set aside (0 to 1, the fullest counts). error_rate: of the events of the last minute, the failed ones (0 to 1). breakers_open: AI providers that are left alone because they fail; of one with several keys, each that is. backlog_seconds: since when stored events wait, in the slowest pipeline. backlog_events: how many of them. disk_share: of the disk of the log, what is taken (0 to 1).',
    ),
    above: fraction(0, 1e9).describe('It fires when the signal is above this.'),
    clear_below: fraction(0, 1e9)
      .optional()
      .describe('It clears when the signal is at or below this. Default: nine tenths of above.'),
    for: duration(0)
      .prefault('0s')
      .describe('It fires only when the signal stays above for this long. A plain number is milliseconds.'),
  }).refine(({ above, clear_below: clear = 0 }) => clear <= above, {
    error: 'expected a number that is not larger than above: else it would clear as it fires',
    path: ['clear_below'],
  });

export const alerts = () =>
  section({
    webhook: secret('a URL that alerts are sent to')
      .optional()
      .describe('Alerts are posted here as JSON when they fire and when they clear: text, { file } or { command }.'),
    rules: named('alert rules by name', rule())
      .prefault({})
      .describe('What to watch, by the name of the alert. Alerts are told in the log, and to the webhook.'),
  });
