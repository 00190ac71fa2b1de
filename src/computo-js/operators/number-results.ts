import { numberOf, type Evaluate, type Run } from '../compile/index.js';
import { invalidArgument, limitExceeded, type Call } from '../syntax/index.js';
import { describe, INTEGER_DIGITS_MAX, IntegerTooLong, type Effort, type JsonNumber } from '../value/index.js';

/** An operation on two numbers, whose result may be infinite or NaN. */
export type Operation = (a: JsonNumber, b: JsonNumber, effort: Effort) => number | bigint;

/**
 * Computes, and rejects a result that is not a JSON number.
 *
 * @throws ComputoError `InvalidArgument` if the result is not finite, `LimitExceeded` if an integer is too long
 */
export function calculate(operation: Operation, a: JsonNumber, b: JsonNumber, call: Call, run: Run): JsonNumber {
  run.at = call.place;
  let result: number | bigint;
  try {
    result = operation(a, b, run);
  } catch (error) {
    throw error instanceof IntegerTooLong ? integerTooLong(call) : error;
  }
  if (typeof result === 'bigint' || Number.isFinite(result)) return result;
  const { name } = call.operator;
  throw invalidArgument(call.place, `'${name}' of ${describe(a)} and ${describe(b)} is not a finite number`);
}

export function withinIntegerLimit<T>(call: Call, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof IntegerTooLong ? integerTooLong(call) : error;
  }
}

function integerTooLong({ place, operator }: Call): Error {
  return limitExceeded(
    place,
    `'${operator.name}' takes and makes integers of at most ${INTEGER_DIGITS_MAX} digits`,
    'Longer ones can be passed on and compared, but not computed with.',
  );
}

/** An operation that doubles compute correctly as long as the result is small. */
export type SmallOperation = '+' | '-' | '*';

/**
 * Computes from left to right. Each argument is evaluated and checked before the next.
 *
 * @param symbol enables a fast path for small numbers
 */
export function fold(call: Call, parts: readonly Evaluate[], operation: Operation, symbol?: SmallOperation): Evaluate {
  const [first, second] = parts;
  if (first === undefined) return () => null;
  if (second !== undefined && parts.length === 2) {
    return symbol === undefined
      ? ofTwoInTurn(call, first, second, operation)
      : ofSmall(call, first, second, operation, symbol);
  }
  return (run, scope) => {
    let result: JsonNumber = numberOf(first(run, scope), call, 0);
    for (let index = 1; index < parts.length; index++) {
      const next = numberOf(parts[index]?.(run, scope) ?? null, call, index);
      result = calculate(operation, result, next, call, run);
    }
    return result;
  };
}

function ofTwoInTurn(call: Call, first: Evaluate, second: Evaluate, operation: Operation): Evaluate {
  return (run, scope) => {
    const a = numberOf(first(run, scope), call, 0);
    const b = numberOf(second(run, scope), call, 1);
    return calculate(operation, a, b, call, run);
  };
}

function ofSmall(
  call: Call,
  first: Evaluate,
  second: Evaluate,
  operation: Operation,
  symbol: SmallOperation,
): Evaluate {
  return (run, scope) => {
    const a = first(run, scope);
    if (typeof a !== 'number') numberOf(a, call, 0);
    const b = second(run, scope);
    if (typeof a === 'number' && typeof b === 'number') {
      const result = symbol === '+' ? a + b : symbol === '-' ? a - b : a * b;
      // As in the operations themselves: exact or correctly rounded below 2^53, and -0 becomes 0.
      if (result <= Number.MAX_SAFE_INTEGER && result >= Number.MIN_SAFE_INTEGER) return result + 0;
    }
    return calculate(operation, numberOf(a, call, 0), numberOf(b, call, 1), call, run);
  };
}

/** Evaluates both arguments before checking either, as the classic dialect does. */
export function ofTwo(call: Call, parts: readonly Evaluate[], operation: Operation): Evaluate {
  const [left, right] = parts;
  if (left === undefined || right === undefined) return () => null;
  return (run, scope) => {
    const a = left(run, scope);
    const b = right(run, scope);
    return calculate(operation, numberOf(a, call, 0), numberOf(b, call, 1), call, run);
  };
}
