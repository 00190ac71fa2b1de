import { isArray, isObject, type Json } from '../value/index.js';

/** How a pointer is read. */
export interface PointerReading {
  /**
   * The segment `array` on an array means the array itself. The reference's current engine shows arrays as
   * `{"array": […]}` objects, and scripts were written around that.
   */
  readonly arraySegment: boolean;
}

/** What a pointer leads to, or undefined when nothing is there. */
export function resolvePointer(root: Json, segments: readonly string[], reading: PointerReading): Json | undefined {
  let value: Json | undefined = root;
  for (const segment of segments) {
    value = child(value, segment, reading);
    if (value === undefined) return undefined;
  }
  return value;
}

/** One step of a pointer. */
export function child(value: Json, segment: string, reading: PointerReading): Json | undefined {
  if (isArray(value)) {
    const index = arrayIndex(segment);
    if (index !== undefined) return value[index];
    return reading.arraySegment && segment === 'array' ? value : undefined;
  }
  return isObject(value) && Object.hasOwn(value, segment) ? value[segment] : undefined;
}

/** `0`, or digits without a leading zero; `-`, `-1` and `01` are no index. */
export function arrayIndex(segment: string): number | undefined {
  return /^(?:0|[1-9][0-9]*)$/.test(segment) ? Number(segment) : undefined;
}
