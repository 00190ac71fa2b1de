import { compileArgument, compileArguments } from '../compile/index.js';
import {
  defineOperator,
  inBoth,
  takes,
  takesAtLeast,
  value,
  type Dialect,
  type OperatorEntry,
} from '../syntax/index.js';
import { isTruthy } from '../value/index.js';
import { reportLiteral } from './literal-operands.js';

function conjunction(name: string, dialect: Dialect): OperatorEntry {
  return defineOperator(name, () => ({
    summary: 'Whether all values are truthy. Stops at the first that is not.',
    signatures: { [dialect]: takesAtLeast(1, value('condition')) },
    returns: 'boolean',
    certainArguments: { [dialect]: 1 },
    work: [],
    examples: [
      { script: [name, 1, 'x', true], result: true },
      { script: [name, ['$input'], ['/', 1, ['$input']]], inputs: [0], result: false },
    ],
    check: reportLiteral,
    compile(call, compiler) {
      const conditions = compileArguments(call, compiler);
      return (run, scope) => {
        for (let index = 0; index < conditions.length; index++) {
          if (!isTruthy(conditions[index]?.(run, scope) ?? null)) return false;
        }
        return true;
      };
    },
  }));
}

function disjunction(name: string, dialect: Dialect): OperatorEntry {
  return defineOperator(name, () => ({
    summary: 'Whether any value is truthy. Stops at the first that is.',
    signatures: { [dialect]: takesAtLeast(1, value('condition')) },
    returns: 'boolean',
    certainArguments: { [dialect]: 1 },
    work: [],
    examples: [
      { script: [name, '', 1, ['/', 1, ['$input']]], inputs: [0], result: true },
      { script: [name, null, {}], result: false },
    ],
    check: reportLiteral,
    compile(call, compiler) {
      const conditions = compileArguments(call, compiler);
      return (run, scope) => {
        for (let index = 0; index < conditions.length; index++) {
          if (isTruthy(conditions[index]?.(run, scope) ?? null)) return true;
        }
        return false;
      };
    },
  }));
}

export const and = conjunction('and', 'current');
export const or = disjunction('or', 'current');
export const andClassic = conjunction('&&', 'classic');
export const orClassic = disjunction('||', 'classic');

export const not = defineOperator('not', () => ({
  summary: 'Whether a value is falsy: false, null, 0, "", [] or {}.',
  signatures: inBoth(takes(value('condition'))),
  returns: 'boolean',
  work: [],
  examples: [
    { script: ['not', 0], result: true },
    { script: ['not', 'no'], result: false },
  ],
  compile(call, compiler) {
    const condition = compileArgument(call, 0, compiler);
    return (run, scope) => !isTruthy(condition(run, scope));
  },
}));
