import { placeInside, type Node, type Parser, type Place } from '../syntax/index.js';
import type { Json } from '../value/index.js';

/** An array whose elements are expressions; one of constants is a constant itself. */
export function listNode(script: readonly Json[], place: Place, parser: Parser): Node {
  const elements = script.map((element, index) => parser.expression(element, placeInside(place, index)));
  const values: Json[] = [];
  for (const element of elements) {
    if (element.type !== 'constant') return { type: 'list', elements, place };
    values.push(element.value);
  }
  return { type: 'constant', value: values, place };
}
