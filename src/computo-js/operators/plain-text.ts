import type { Run } from '../compile/index.js';
import type { Call } from '../syntax/index.js';
import { canonicalText, type Json } from '../value/index.js';

/** Returns a value as text: a string as it is, anything else as compact JSON with sorted keys. */
export function plainText(value: Json, call: Call, run: Run): string {
  if (typeof value === 'string') return value;
  run.at = call.place;
  return canonicalText(value, run);
}
