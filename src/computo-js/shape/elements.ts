import { ANY, arrayShape, type Shape } from './shape.js';

/**
 * Returns the shape of the elements that an array operator finds in its argument. In the current dialect, that may also be an
 * object with an `array` list.
 */
export function elementOf({ any, array, object }: Shape): Shape {
  return any || object !== undefined || array === undefined ? ANY : array.element;
}

/** Returns the shape of an array with some elements of the first argument, in any order. */
export function sameElements([array = ANY]: readonly Shape[]): Shape {
  return arrayShape(elementOf(array));
}
