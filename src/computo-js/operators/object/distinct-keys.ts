import { invalidArgument, type Call } from '../../syntax/index.js';
import { orderedObject, shorten, spendSteps, type Effort, type Json, type JsonObject } from '../../value/index.js';

const STEPS_PER_KEY = 2;

/**
 * Returns the object with these members, in order.
 *
 * @throws ComputoError `InvalidArgument` if two members have the same key, because one would replace the other
 */
export function objectOfDistinct(
  entries: readonly (readonly [string, Json])[],
  call: Call,
  effort: Effort,
): JsonObject {
  const object = orderedObject(entries, effort);
  spendSteps(effort, STEPS_PER_KEY * entries.length);
  const seen = new Set<string>();
  for (const [key] of entries) {
    if (seen.has(key)) {
      throw invalidArgument(call.place, `'${call.operator.name}' makes two members ${JSON.stringify(shorten(key))}`);
    }
    seen.add(key);
  }
  return object;
}
