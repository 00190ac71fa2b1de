import { defineOperator, inBoth, raw, takes, value } from '../syntax/index.js';
import { hasOwnNode } from './special-form.js';

export const letOperator = defineOperator('let', () => ({
  summary:
    'Binds variables for an expression. In classic, pairs whose expressions see the variables before them; in current, an object or pairs whose expressions see only the variables outside.',
  signatures: inBoth(takes(raw('bindings'), value('body'))),
  work: [],
  examples: [
    { script: ['let', [['x', 2]], ['+', ['$', '/x'], 1]], result: 3 },
    { dialect: 'current', script: ['let', { x: 2, y: 3 }, ['*', ['$', '/x'], ['$', '/y']]], result: 6 },
    {
      dialect: 'classic',
      script: [
        'let',
        [
          ['x', 2],
          ['y', ['+', ['$', '/x'], 1]],
        ],
        ['$', '/y'],
      ],
      result: 3,
    },
  ],
  compile: hasOwnNode,
}));
