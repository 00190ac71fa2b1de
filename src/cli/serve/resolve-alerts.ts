import type { Config } from '../../config/index.js';
import { EXIT } from '../exit/exit-codes.js';
import { revealed } from '../exit/revealed.js';
import { UserError } from '../exit/user-error.js';
import type { AlertsPlan } from '../../jobs/index.js';

/** Where an alert clears if its rule does not say so. */
const CLEAR_SHARE = 0.9;

/** @throws UserError if the webhook is not available, or is not a URL */
export async function resolveAlerts({ rules, webhook }: Config['alerts']): Promise<AlertsPlan> {
  return {
    rules: Object.entries(rules).map(([name, { signal, above, clear_below: clear, for: forMs }]) => ({
      name,
      signal,
      above,
      clearAt: clear ?? above * CLEAR_SHARE,
      forMs,
    })),
    ...(webhook && { webhook: await urlOf(webhook) }),
  };
}

async function urlOf(webhook: NonNullable<Config['alerts']['webhook']>): Promise<string> {
  const url = await revealed(webhook, 'alerts.webhook');
  // The URL itself is not shown, because it may be a secret.
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
    throw new UserError('alerts.webhook: it is not a URL', EXIT.invalid, 'it begins with https:// or http://');
  }
  return url;
}
