import { NumberText, type Json } from './json.js';
import { isArray } from './kind.js';

/**
 * Whether a value, written out as a tree, has more than `unitsMax` units: an element or member counts one, a string its
 * characters on top. What stands in several places counts in each of them; that is how a small script makes a huge
 * output. Stops as soon as it knows.
 */
export function exceeds(value: Json, unitsMax: number): boolean {
  if (typeof value !== 'object' || value === null) return typeof value === 'string' && value.length > unitsMax;
  let units = 0;
  const pending: Json[] = [value];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (typeof next === 'string') units += next.length;
    else if (typeof next === 'object' && next !== null && !(next instanceof NumberText)) {
      const items = isArray(next) ? next : Object.values(next);
      units += items.length;
      for (const item of items) pending.push(item);
    }
    if (units > unitsMax) return true;
  }
  return false;
}
