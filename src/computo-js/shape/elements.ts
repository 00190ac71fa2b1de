import { ANY, arrayShape, type Shape } from './shape.js';

/** Returns the shape of an array argument's elements. In the current dialect, the argument may also be an object with an `array` list. */
export function elementOf({ any, array, object }: Shape): Shape {
  return any || object !== undefined || array === undefined ? ANY : array.element;
}

/** Returns the shape of an array with some elements of the first argument, in any order. */
export function sameElements([array = ANY]: readonly Shape[]): Shape {
  return arrayShape(elementOf(array));
}
