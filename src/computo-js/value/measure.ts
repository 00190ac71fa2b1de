import { digitsOf } from './digits.js';
import { spendMembers, spendSteps, type Effort } from './effort.js';
import { NumberText, type Json, type JsonObject } from './json.js';
import { isArray } from './kind.js';
import { keysOf } from './ordered-object.js';

/** The cost of printing one value, which follows measuring it. */
const STEPS_PER_VALUE = 1;
/** Approximate length of a double that is not a short integer. A short integer is included in its element's unit. */
const DOUBLE_LENGTH = 16;
const SHORT_INTEGER_END = 1e6;

/** Whether a value has more than `unitsMax` units, see {@link unitsOf}. */
export function exceeds(value: Json, unitsMax: number, effort: Effort): boolean {
  return unitsOf(value, unitsMax, effort) > unitsMax;
}

/**
 * Returns how many units a value has when written out as a tree. An element or member counts one; a string, a key and a long
 * number also count their characters. Anything shared counts wherever it appears, which is how a small script makes a huge
 * output.
 *
 * @param unitsMax counting stops once the value is known to have more
 * @throws EffortExceeded if traversing and printing take more than `effort` allows
 */
export function unitsOf(value: Json, unitsMax: number, effort: Effort): number {
  let units = lengthOf(value);
  if (!isContainer(value)) return units;
  const pending = [value];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (isArray(next)) {
      units += next.length;
      spendSteps(effort, next.length * STEPS_PER_VALUE);
      for (let index = 0; index < next.length && units <= unitsMax; index++) {
        const item = next[index] ?? null;
        if (isContainer(item)) pending.push(item);
        else units += lengthOf(item);
      }
    } else {
      const keys = keysOf(next, effort);
      units += keys.length;
      // The keys are listed a second time when printing.
      spendMembers(effort, keys.length);
      for (let index = 0; index < keys.length && units <= unitsMax; index++) {
        const key = keys[index] ?? '';
        const member = next[key] ?? null;
        units += key.length;
        if (isContainer(member)) pending.push(member);
        else units += lengthOf(member);
      }
    }
    if (units > unitsMax) return units;
  }
  return units;
}

function isContainer(value: Json): value is readonly Json[] | JsonObject {
  return typeof value === 'object' && value !== null && !(value instanceof NumberText);
}

/** The characters of a scalar beyond its one unit as an element. */
function lengthOf(value: Json): number {
  switch (typeof value) {
    case 'string':
      return value.length;
    case 'number':
      return Number.isInteger(value) && Math.abs(value) < SHORT_INTEGER_END ? 0 : DOUBLE_LENGTH;
    case 'bigint':
      return digitsOf(value);
    default:
      return value instanceof NumberText ? value.text.length : 0;
  }
}
