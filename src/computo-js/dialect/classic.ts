import { placeInside, type Node } from '../syntax/index.js';
import { describe, isArray, type Json } from '../value/index.js';
import { noBindings, pairBindings } from './bindings.js';
import type { FrontEnd } from './front-end.js';
import { listNode } from './list-node.js';

/** The dialect of the first Colloquium documents. */
export const classic: FrontEnd = {
  dialect: 'classic',
  bindsOneAfterTheOther: true,

  literalArray: (script, place, parser) => ({
    type: 'fault',
    kind: 'InvalidArgument',
    code: 'literal-array',
    problem: `an array must start with an operator's name, but this is ${describe(script)}`,
    hint: 'Write a literal array as {"array": […]}.',
    inside: script.map((element, index) => parser.expression(element, placeInside(place, index))),
    place,
  }),

  arrayObject: listNode,

  lambdaArgument(script, place, call, parser): Node {
    const [head] = isArray(script) ? script : [];
    if (head === 'lambda' || head === '$') return parser.expression(script, place);
    const problem = `'${call.operator.name}' needs a lambda, written out or in a variable, got ${describe(script)}`;
    return parser.fault(
      { ...call, arguments: [], place },
      'no-lambda',
      problem,
      'Write ["lambda", ["x"], …] or ["$", "/name"].',
    );
  },

  bindings(script, place, call, parser) {
    if (!isArray(script)) return noBindings(script, place, 'an array of [name, expression] pairs', call, parser);
    return pairBindings(script, place, call, parser, (value, at) =>
      // A `let` stores anything that looks like a lambda without checking its parameters.
      isMalformedLambda(value) ? { type: 'constant', value, place: at } : parser.expression(value, at),
    );
  },
};

function isMalformedLambda(script: Json): boolean {
  if (!isArray(script) || script.length !== 3 || script[0] !== 'lambda') return false;
  const [, parameters] = script;
  return (
    parameters === undefined || !isArray(parameters) || parameters.some((parameter) => typeof parameter !== 'string')
  );
}
