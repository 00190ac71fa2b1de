import { resolveSecret, SecretError, type Config } from '../../config/index.js';
import { EXIT } from '../exit/exit-codes.js';
import { UserError } from '../exit/user-error.js';
import type { AlertsPlan } from '../../jobs/index.js';

/** Where an alert clears when its rule does not say. */
const CLEAR_SHARE = 0.9;

/** @throws UserError when the webhook is not to be had, or is no URL */
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
  let url: string;
  try {
    url = (await resolveSecret(webhook)).reveal();
  } catch (error) {
    if (!(error instanceof SecretError)) throw error;
    throw new UserError(`alerts.webhook: ${error.message}`, EXIT.invalid);
  }
  // The URL itself is not shown: it may be a secret.
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
    throw new UserError('alerts.webhook: it is no URL', EXIT.invalid, 'it begins with https:// or http://');
  }
  return url;
}
