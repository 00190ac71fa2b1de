import { placeInside, type Node, type Parser, type Place } from '../syntax/index.js';
import type { Json } from '../value/index.js';

/** Returns the node of an array whose elements are expressions. An empty array is a constant. */
export function listNode(script: readonly Json[], place: Place, parser: Parser): Node {
  if (script.length === 0) return { type: 'constant', value: script, place };
  return {
    type: 'list',
    elements: script.map((element, index) => parser.expression(element, placeInside(place, index))),
    place,
  };
}
