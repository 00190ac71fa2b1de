import { placeInside, type Node } from '../syntax/index.js';
import { entriesOf, isArray, isObject, unlimited } from '../value/index.js';
import { noBindings, pairBindings } from './bindings.js';
import type { FrontEnd } from './front-end.js';
import { listNode } from './list-node.js';

/** The dialect of the reference engine of 2026. */
export const current: FrontEnd = {
  dialect: 'current',
  bindsOneAfterTheOther: false,

  literalArray: listNode,

  arrayObject: (list, place): Node => ({ type: 'constant', value: list, place }),

  lambdaArgument: (script, place, _call, parser) => parser.expression(script, place),

  bindings(script, place, call, parser) {
    if (isArray(script)) return pairBindings(script, place, call, parser, (value, at) => parser.expression(value, at));
    if (!isObject(script)) return noBindings(script, place, 'an object or an array of pairs', call, parser);
    return entriesOf(script, unlimited()).map(([name, value]) => {
      const at = placeInside(place, name);
      return { name, value: parser.expression(value, at), place: at };
    });
  },
};
