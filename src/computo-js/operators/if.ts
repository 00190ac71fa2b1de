import { defineOperator, inBoth, placeInside, takes, value } from '../syntax/index.js';
import { hasOwnNode } from './special-form.js';

export const ifOperator = defineOperator('if', () => ({
  summary: 'One of two expressions, by whether a condition is truthy. The other one is not evaluated.',
  signatures: inBoth(takes(value('condition'), value('then'), value('else'))),
  work: [],
  examples: [
    { script: ['if', ['>', 2, 1], 'yes', 'no'], result: 'yes' },
    { script: ['if', ['$input'], ['/', 1, ['$input']], 'zero'], inputs: [0], result: 'zero' },
  ],
  parse(call, parser) {
    const [condition = null, then = null, otherwise = null] = call.arguments;
    const { place } = call;
    return {
      type: 'if',
      condition: parser.expression(condition, placeInside(place, 1)),
      then: parser.expression(then, placeInside(place, 2)),
      else: parser.expression(otherwise, placeInside(place, 3)),
      place,
    };
  },
  compile: hasOwnNode,
}));
