import { ANY, arrayShape, type Shape } from './shape.js';

/** What an array operator finds in its argument, which in current may be an object with an `array` list, too. */
export function elementOf({ any, array, object }: Shape): Shape {
  return any || object !== undefined || array === undefined ? ANY : array.element;
}

/** The array of some elements of the first argument, in whatever order. */
export function sameElements([array = ANY]: readonly Shape[]): Shape {
  return arrayShape(elementOf(array));
}
