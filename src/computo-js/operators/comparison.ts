import { compileArguments, numberOf, type Evaluate } from '../compile/index.js';
import {
  defineOperator,
  inBoth,
  number,
  takesAtLeast,
  type Call,
  type Example,
  type OperatorEntry,
} from '../syntax/index.js';
import { compareNumbers, type Effort, type JsonNumber } from '../value/index.js';

const NOUNS = { '>': 'greater than', '<': 'less than', '>=': 'at least', '<=': 'at most' } as const;
type Name = keyof typeof NOUNS;

type Holds = (a: JsonNumber, b: JsonNumber, effort: Effort) => boolean;

/** Whether a comparison holds. One closure per operator, so that each stays fast. */
const HOLDS: Readonly<Record<Name, Holds>> = {
  '>': (a, b, run) => (typeof a === 'number' && typeof b === 'number' ? a > b : compareNumbers(a, b, run) > 0),
  '<': (a, b, run) => (typeof a === 'number' && typeof b === 'number' ? a < b : compareNumbers(a, b, run) < 0),
  '>=': (a, b, run) => (typeof a === 'number' && typeof b === 'number' ? a >= b : compareNumbers(a, b, run) >= 0),
  '<=': (a, b, run) => (typeof a === 'number' && typeof b === 'number' ? a <= b : compareNumbers(a, b, run) <= 0),
};

function comparison(name: Name, examples: readonly Example[]): OperatorEntry {
  return defineOperator(name, () => ({
    summary: `Whether each number is ${NOUNS[name]} the next one.`,
    signatures: inBoth(takesAtLeast(2, number('number'))),
    returns: 'boolean',
    certainArguments: { current: 2 },
    work: ['digits'],
    examples,
    compile(call, compiler) {
      const parts = compileArguments(call, compiler);
      return call.dialect === 'classic' ? allFirst(call, parts, HOLDS[name]) : pairByPair(call, parts, HOLDS[name]);
    },
  }));
}

export const greater = comparison('>', [
  { script: ['>', 3, 2, 1], result: true },
  { script: ['>', 3, 3], result: false },
]);
export const less = comparison('<', [
  { script: ['<', 1, 2, 3], result: true },
  { script: ['<', 1, 3, 2], result: false },
]);
export const greaterOrEqual = comparison('>=', [{ script: ['>=', 3, 3, 1], result: true }]);
export const lessOrEqual = comparison('<=', [{ script: ['<=', 1, 1, 0], result: false }]);

/**
 * For the current dialect: stops at the first pair that does not hold. The first two values are both evaluated before either is
 * checked.
 */
function pairByPair(call: Call, parts: readonly Evaluate[], holds: Holds): Evaluate {
  const [first, second] = parts;
  if (first === undefined || second === undefined) return () => null;
  return (run, scope) => {
    const a = first(run, scope);
    const b = second(run, scope);
    let previous = numberOf(b, call, 1);
    run.at = call.place;
    if (!holds(numberOf(a, call, 0), previous, run)) return false;
    for (let index = 2; index < parts.length; index++) {
      const next = numberOf(parts[index]?.(run, scope) ?? null, call, index);
      run.at = call.place;
      if (!holds(previous, next, run)) return false;
      previous = next;
    }
    return true;
  };
}

/** For the classic dialect: evaluates and checks every argument, then compares. */
function allFirst(call: Call, parts: readonly Evaluate[], holds: Holds): Evaluate {
  return (run, scope) => {
    const numbers: JsonNumber[] = [];
    for (let index = 0; index < parts.length; index++) {
      numbers.push(numberOf(parts[index]?.(run, scope) ?? null, call, index));
    }
    run.at = call.place;
    return numbers.every((number, index) => {
      const next = numbers[index + 1];
      return next === undefined || holds(number, next, run);
    });
  };
}
