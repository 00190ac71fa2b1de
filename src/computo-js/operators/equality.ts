import { compileArguments, type Evaluate } from '../compile/index.js';
import { defineOperator, inBoth, takes, takesAtLeast, value, type Call } from '../syntax/index.js';
import { equal, type Json } from '../value/index.js';

export const equals = defineOperator('==', () => ({
  summary:
    'Whether all values are equal: deeply, by value, without conversion. The order of keys means nothing; 1 equals 1.0.',
  signatures: inBoth(takesAtLeast(2, value('value'))),
  returns: 'boolean',
  certainArguments: { current: 2 },
  work: ['elements', 'members', 'text', 'digits'],
  examples: [
    { script: ['==', 1, 1, 1], result: true },
    { script: ['==', '1', 1], result: false },
    { script: ['==', { a: 1, b: 2 }, { b: 2, a: 1 }], result: true },
  ],
  compile(call, compiler) {
    const parts = compileArguments(call, compiler);
    return call.dialect === 'classic' ? allFirst(call, parts) : oneByOne(call, parts);
  },
}));

export const notEquals = defineOperator('!=', () => ({
  summary: 'Whether two values differ, by the rules of `==`.',
  signatures: inBoth(takes(value('left'), value('right'))),
  returns: 'boolean',
  work: ['elements', 'members', 'text', 'digits'],
  examples: [{ script: ['!=', 1, true], result: true }],
  compile(call, compiler) {
    const isEqual = allFirst(call, compileArguments(call, compiler));
    return (run, scope) => isEqual(run, scope) === false;
  },
}));

/** Stops at the first value that differs from the first. */
function oneByOne(call: Call, parts: readonly Evaluate[]): Evaluate {
  const [first] = parts;
  if (first === undefined) return () => true;
  return (run, scope) => {
    const value = first(run, scope);
    for (let index = 1; index < parts.length; index++) {
      const other = parts[index]?.(run, scope) ?? null;
      run.at = call.place;
      if (!equal(value, other, run)) return false;
    }
    return true;
  };
}

function allFirst(call: Call, parts: readonly Evaluate[]): Evaluate {
  return (run, scope) => {
    const values: Json[] = [];
    for (let index = 0; index < parts.length; index++) values.push(parts[index]?.(run, scope) ?? null);
    run.at = call.place;
    const [first = null] = values;
    return values.every((value) => equal(first, value, run));
  };
}
