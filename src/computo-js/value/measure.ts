import { digitsOf } from './digits.js';
import { spendMembers, spendSteps, type Effort } from './effort.js';
import { NumberText, type Json, type JsonObject } from './json.js';
import { isArray } from './kind.js';
import { keysOf } from './ordered-object.js';

/** What printing one value takes, which comes after measuring it. */
const STEPS_PER_VALUE = 1;
/** A double that is not a short integer prints as so many characters more or less; a short integer is within its element. */
const DOUBLE_LENGTH = 16;
const SHORT_INTEGER_END = 1e6;

/** Whether a value has more than so many units, see {@link unitsOf}. */
export function exceeds(value: Json, unitsMax: number, effort: Effort): boolean {
  return unitsOf(value, unitsMax, effort) > unitsMax;
}

/**
 * How many units a value has, written out as a tree: an element or member counts one, a string, a key and a long number
 * their characters on top. What stands in several places counts in each of them; that is how a small script makes a huge
 * output.
 *
 * @param unitsMax of a value with more, only so many are counted that this is known
 * @throws EffortExceeded when it takes more to walk and print than `effort` allows
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
      // They are listed a second time when they are printed.
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

/** The characters of a scalar beyond the unit that it counts as an element. */
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
