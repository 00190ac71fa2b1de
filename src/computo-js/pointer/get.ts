import { isArray, isObject, type Json } from '../value/index.js';

/** How a pointer is read. */
export interface PointerReading {
  /**
   * The segment `array` on an array refers to the array itself. The reference's current engine shows arrays as `{"array": […]}`
   * objects, and scripts were written for that.
   */
  readonly arraySegment: boolean;
}

/** Returns what a pointer leads to, or undefined if nothing is there. */
export function resolvePointer(root: Json, segments: readonly string[], reading: PointerReading): Json | undefined {
  let value: Json | undefined = root;
  for (const segment of segments) {
    value = child(value, segment, reading);
    if (value === undefined) return undefined;
  }
  return value;
}

/** Follows one segment of a pointer. */
export function child(value: Json, segment: string, reading: PointerReading): Json | undefined {
  if (isArray(value)) {
    const index = arrayIndex(segment);
    if (index !== undefined) return value[index];
    return reading.arraySegment && segment === 'array' ? value : undefined;
  }
  return isObject(value) && Object.hasOwn(value, segment) ? value[segment] : undefined;
}

/** Reads `0`, or digits without a leading zero. `-`, `-1` and `01` are not indexes. */
export function arrayIndex(segment: string): number | undefined {
  return /^(?:0|[1-9][0-9]*)$/.test(segment) ? Number(segment) : undefined;
}
