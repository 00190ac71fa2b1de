import { countSteps, type Run } from '../../compile/index.js';
import type { Call } from '../../syntax/index.js';
import { spendText, type Json } from '../../value/index.js';
import { hashLibrary } from '../libraries.js';
import { plainText } from '../plain-text.js';

/** Charged in addition to the length of the text. */
const STEPS_PER_HASH = 60;

/**
 * Returns the SHA-256 of a text's UTF-8, or of another value's canonical text. A lone surrogate has no UTF-8 and counts as
 * U+FFFD.
 *
 * @param key makes the result an HMAC
 * @returns 64 hex digits
 */
export function sha256Of(value: Json, key: string | undefined, call: Call, run: Run): string {
  const text = plainText(value, call, run);
  countSteps(run, STEPS_PER_HASH, call.place);
  spendText(run, text.length);
  const { createHash, createHmac } = hashLibrary();
  const hash = key === undefined ? createHash('sha256') : createHmac('sha256', key);
  return hash.update(text, 'utf8').digest('hex');
}
