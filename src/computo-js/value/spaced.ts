import type { Json } from './json.js';
import { isArray, isObject } from './kind.js';
import { stringify } from './stringify.js';

/** Prints JSON on one line with spaces, for display, and for values no deeper than those written by hand. */
export function spaced(value: Json): string {
  if (isArray(value)) return `[${value.map(spaced).join(', ')}]`;
  if (!isObject(value)) return stringify(value);
  const members = Object.entries(value).map(([key, member]) => `${stringify(key)}: ${spaced(member)}`);
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}
