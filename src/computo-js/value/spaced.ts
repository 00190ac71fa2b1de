import type { Json } from './json.js';
import { isArray, isObject } from './kind.js';
import { stringify } from './stringify.js';

/** JSON on one line, with room to breathe: for people, and for values that are no deeper than people write them. */
export function spaced(value: Json): string {
  if (isArray(value)) return `[${value.map(spaced).join(', ')}]`;
  if (!isObject(value)) return stringify(value);
  const members = Object.entries(value).map(([key, member]) => `${stringify(key)}: ${spaced(member)}`);
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}
