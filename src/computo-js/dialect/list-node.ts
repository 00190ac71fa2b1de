import { placeInside, type Node, type Parser, type Place } from '../syntax/index.js';
import type { Json } from '../value/index.js';

/** An array whose elements are expressions; an empty one is a constant. */
export function listNode(script: readonly Json[], place: Place, parser: Parser): Node {
  if (script.length === 0) return { type: 'constant', value: script, place };
  return {
    type: 'list',
    elements: script.map((element, index) => parser.expression(element, placeInside(place, index))),
    place,
  };
}
