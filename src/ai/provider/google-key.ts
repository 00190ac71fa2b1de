import { listAt, textAt } from './read-json.js';

/** Whether Google refuses a key, which it does with status 400. @param body of the answer */
export function refusesKey(body: unknown): boolean {
  const isInvalid = listAt(body, 'error', 'details').some((detail) => textAt(detail, 'reason') === 'API_KEY_INVALID');
  return isInvalid || /API key (?:not valid|expired)/i.test(textAt(body, 'error', 'message') ?? '');
}
