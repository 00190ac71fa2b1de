import { arrayIndex } from '../pointer/index.js';
import { ANY, isNever, join, NEVER, type Shape } from './shape.js';

/** What a pointer leads to; or where it must break off. */
export type ShapeReading =
  | { readonly found: true; readonly shape: Shape }
  | {
      readonly found: false;
      /** How many of the segments can lead somewhere. */
      readonly length: number;
      /** What is there, where it breaks off. */
      readonly at: Shape;
    };

/**
 * Follows a pointer through a shape. It is only said not to lead anywhere if no value of the shape has it.
 *
 * @param arraySegment whether the segment `array` on an array means the array itself, as in current
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
