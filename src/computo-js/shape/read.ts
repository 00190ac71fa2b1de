import { arrayIndex } from '../pointer/index.js';
import { ANY, isNever, join, NEVER, type Shape } from './shape.js';

/** What a pointer leads to, or where it fails. */
export type ShapeReading =
  | { readonly found: true; readonly shape: Shape }
  | {
      readonly found: false;
      /** How many segments of the pointer can be found. */
      readonly length: number;
      /** The shape where the pointer fails. */
      readonly at: Shape;
    };

/**
 * Follows a pointer through a shape. The pointer fails only if it finds nothing in any value of the shape.
 *
 * @param arraySegment whether the segment `array` on an array refers to the array itself, as in the current dialect
 */
export function readShape(root: Shape, segments: readonly string[], arraySegment: boolean): ShapeReading {
  let shape = root;
  for (const [length, segment] of segments.entries()) {
    if (shape.any || isNever(shape)) return { found: true, shape: ANY };
    const inner = childShape(shape, segment, arraySegment);
    if (inner === undefined) return { found: false, length, at: shape };
    shape = inner;
  }
  return { found: true, shape };
}

function childShape({ object, array }: Shape, segment: string, arraySegment: boolean): Shape | undefined {
  const found: Shape[] = [];
  if (object !== undefined) {
    const field = object.fields.get(segment);
    if (field !== undefined && !isNever(field.shape)) found.push(field.shape);
    else if (object.open) found.push(ANY);
  }
  if (array !== undefined) {
    const index = arrayIndex(segment);
    if (index !== undefined) {
      const element = array.tuple === undefined ? array.element : (array.tuple[index] ?? NEVER);
      if (!isNever(element)) found.push(element);
    } else if (arraySegment && segment === 'array') {
      found.push({ any: false, scalars: new Set(), array });
    }
  }
  return found.length === 0 ? undefined : found.reduce((all, shape) => join(all, shape));
}
