import { defineOperator, inBoth, placeInside, raw, takes, value } from '../syntax/index.js';
import { describe, isArray, type Json } from '../value/index.js';
import { hasOwnNode } from './special-form.js';

export const lambdaOperator = defineOperator('lambda', () => ({
  summary:
    'A function for the array operators. Its body sees its parameters and the variables of where it is called. As a value it is `[parameters, body]` in current and `["lambda", parameters, body]` in classic.',
  signatures: inBoth(takes(raw('parameters'), value('body'))),
  returns: 'array',
  work: [],
  examples: [
    { script: ['map', { array: [1, 2] }, ['lambda', ['x'], ['*', ['$', '/x'], 10]]], result: [10, 20] },
    {
      script: [
        'let',
        [['double', ['lambda', ['x'], ['*', ['$', '/x'], 2]]]],
        ['map', { array: [1, 2] }, ['$', '/double']],
      ],
      result: [2, 4],
    },
  ],
  parse(call, parser) {
    const [parameters = null, body = null] = call.arguments;
    const names = parameterNames(parameters);
    if (names === undefined) {
      const problem = `'lambda' needs an array of names as its parameters, got ${describe(parameters)}`;
      // The body is not analyzed, because nobody knows which of its variables are bound.
      return parser.fault({ ...call, arguments: [] }, 'lambda-parameters', problem);
    }
    return {
      type: 'lambda',
      parameters: names,
      body: parser.expression(body, placeInside(call.place, 2)),
      value: parser.dialect === 'classic' ? ['lambda', parameters, body] : [parameters, body],
      place: call.place,
    };
  },
  compile: hasOwnNode,
}));

function parameterNames(parameters: Json): readonly string[] | undefined {
  if (!isArray(parameters)) return undefined;
  const names = parameters.filter((name) => typeof name === 'string');
  return names.length === parameters.length ? names : undefined;
}
