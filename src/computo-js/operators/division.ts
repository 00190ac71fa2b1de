import { compileArguments, numberOf, type Evaluate } from '../compile/index.js';
import {
  defineOperator,
  invalidArgument,
  number,
  takes,
  takesAtLeast,
  type Call,
  type Report,
} from '../syntax/index.js';
import {
  describe,
  divide,
  integerOf,
  isNumber,
  isZero,
  remainder,
  unlimited,
  type Effort,
  type JsonNumber,
} from '../value/index.js';
import { calculate, fold, ofTwo, withinIntegerLimit, type Operation } from './number-results.js';

export const dividedBy = defineOperator('/', () => ({
  summary:
    'Divides the first number by the others, from left to right. In current, a single number yields its reciprocal. Dividing by zero is an error.',
  signatures: {
    classic: takes(number('dividend'), number('divisor')),
    current: takesAtLeast(1, number('dividend'), number('divisor')),
  },
  returns: 'number',
  work: ['digits'],
  examples: [
    { script: ['/', 7, 2], result: 3.5 },
    { dialect: 'current', script: ['/', 100, 5, 2], result: 10 },
    { dialect: 'current', script: ['/', 4], result: 0.25 },
  ],
  compile(call, compiler) {
    const parts = compileArguments(call, compiler);
    const operation = unlessByZero(divide, 'division', call);
    if (call.dialect === 'classic') return ofTwo(call, parts, operation);
    const [only] = parts;
    if (only === undefined || parts.length > 1) return fold(call, parts, operation);
    return (run, scope) => calculate(operation, 1, numberOf(only(run, scope), call, 0), call, run);
  },
  check: reportZeroDivisors,
}));

export const modulo = defineOperator('%', () => ({
  summary:
    "The remainder of a division, with the dividend's sign. In classic both numbers must be integers. Zero as divisor is an error.",
  signatures: {
    classic: takes(number('dividend'), number('divisor')),
    current: takesAtLeast(2, number('dividend'), number('divisor')),
  },
  returns: 'number',
  work: ['digits'],
  examples: [
    { script: ['%', -7, 3], result: -1 },
    { dialect: 'current', script: ['%', 7.5, 2], result: 1.5 },
  ],
  compile(call, compiler) {
    const parts = compileArguments(call, compiler);
    const operation = unlessByZero(remainder, 'modulo', call);
    return call.dialect === 'classic' ? ofIntegers(call, parts, operation) : fold(call, parts, operation);
  },
  check(call, report) {
    reportZeroDivisors(call, report);
    if (call.dialect === 'classic') reportFractions(call, report);
  },
}));

function reportFractions(call: Call, report: Report): void {
  for (const { place, ...argument } of call.arguments) {
    if (argument.type !== 'constant' || !isNumber(argument.value) || isInteger(argument.value, call, unlimited()))
      continue;
    const message = `'%' takes integers in classic, got ${describe(argument.value)}`;
    report({ code: 'fraction', place, message });
  }
}

function isInteger(number: JsonNumber, call: Call, effort: Effort): boolean {
  return withinIntegerLimit(call, () => integerOf(number, effort)) !== undefined;
}

function ofIntegers(call: Call, parts: readonly Evaluate[], operation: Operation): Evaluate {
  return ofTwo(call, parts, (a, b, effort) => {
    for (const operand of [a, b]) {
      if (isInteger(operand, call, effort)) continue;
      throw invalidArgument(call.place, `'%' takes integers in classic, got ${describe(operand)}`);
    }
    return operation(a, b, effort);
  });
}

function unlessByZero(operation: Operation, noun: string, call: Call): Operation {
  return (a, b, effort) => {
    if (b === 0 || isZero(b)) throw invalidArgument(call.place, `${noun} by zero`);
    return operation(a, b, effort);
  };
}

function reportZeroDivisors(call: Call, report: Report): void {
  const isReciprocal = call.arguments.length === 1;
  for (const [index, argument] of call.arguments.entries()) {
    if (index === 0 && !isReciprocal) continue;
    if (argument.type === 'constant' && isNumber(argument.value) && isZero(argument.value)) {
      report({ code: 'division-by-zero', place: argument.place, message: `'${call.operator.name}' by zero` });
    }
  }
}
