import { compileArguments, type Evaluate } from '../compile/index.js';
import { defineOperator, inBoth, takes, takesAtLeast, value } from '../syntax/index.js';
import { equal } from '../value/index.js';

export const equals = defineOperator({
  name: '==',
  summary:
    'Whether all values are equal: deeply, by value, without conversion. The order of keys means nothing; 1 equals 1.0.',
  signatures: inBoth(takesAtLeast(2, value('value'))),
  returns: 'boolean',
  examples: [
    { script: ['==', 1, 1, 1], result: true },
    { script: ['==', '1', 1], result: false },
    { script: ['==', { a: 1, b: 2 }, { b: 2, a: 1 }], result: true },
  ],
  compile(call, compiler) {
    const parts = compileArguments(call, compiler);
    return call.dialect === 'classic' ? allFirst(parts) : oneByOne(parts);
  },
});

export const notEquals = defineOperator({
  name: '!=',
  summary: 'Whether two values differ, by the rules of `==`.',
  signatures: inBoth(takes(value('left'), value('right'))),
  returns: 'boolean',
  examples: [{ script: ['!=', 1, true], result: true }],
  compile(call, compiler) {
    const isEqual = allFirst(compileArguments(call, compiler));
    return (run, scope) => isEqual(run, scope) === false;
  },
});

/** Stops at the first value that differs from the first one. */
function oneByOne([first, ...others]: readonly Evaluate[]): Evaluate {
  if (first === undefined) return () => true;
  return (run, scope) => {
    const value = first(run, scope);
    return others.every((other) => equal(value, other(run, scope)));
  };
}

function allFirst([first, ...others]: readonly Evaluate[]): Evaluate {
  if (first === undefined) return () => true;
  return (run, scope) => {
    const value = first(run, scope);
    return others.map((other) => other(run, scope)).every((other) => equal(value, other));
  };
}
