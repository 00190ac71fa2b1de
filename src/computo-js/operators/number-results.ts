import { numberOf, type Evaluate } from '../compile/index.js';
import { invalidArgument, limitExceeded, type Call } from '../syntax/index.js';
import { describe, INTEGER_DIGITS_MAX, IntegerTooLong, type Json, type JsonNumber } from '../value/index.js';

/** An operation on two numbers; its result may be infinite or no number at all. */
export type Operation = (a: JsonNumber, b: JsonNumber) => number | bigint;

/**
 * Computes, and refuses what is no JSON number.
 *
 * @throws ComputoError `InvalidArgument` for a result that is not finite, `LimitExceeded` for too long an integer
 */
export function calculate(operation: Operation, a: JsonNumber, b: JsonNumber, call: Call): Json {
  const result = withinIntegerLimit(call, () => operation(a, b));
  if (typeof result === 'bigint' || Number.isFinite(result)) return result;
  const { name } = call.operator;
  throw invalidArgument(call.place, `'${name}' of ${describe(a)} and ${describe(b)} is no finite number`);
}

export function withinIntegerLimit<T>(call: Call, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof IntegerTooLong)) throw error;
    throw limitExceeded(
      call.place,
      `'${call.operator.name}' makes an integer of more than ${INTEGER_DIGITS_MAX} digits`,
    );
  }
}

/** From left to right, each argument evaluated and checked before the next is. */
export function fold(call: Call, parts: readonly Evaluate[], operation: Operation): Evaluate {
  const [first, second] = parts;
  if (first === undefined) return () => null;
  if (second !== undefined && parts.length === 2) {
    return (run, scope) => {
      const a = numberOf(first(run, scope), call, 0);
      const b = numberOf(second(run, scope), call, 1);
      const result = operation(a, b);
      return typeof result === 'number' && Number.isFinite(result) ? result : calculate(operation, a, b, call);
    };
  }
  const rest = parts.slice(1);
  return (run, scope) => {
    let result: JsonNumber = numberOf(first(run, scope), call, 0);
    for (const [index, part] of rest.entries()) {
      const next = numberOf(part(run, scope), call, index + 1);
      const value = calculate(operation, result, next, call);
      result = numberOf(value, call, index + 1);
    }
    return result;
  };
}

/** Both arguments evaluated first, then both checked, as classic does. */
export function ofTwo(call: Call, parts: readonly Evaluate[], operation: Operation): Evaluate {
  const [left, right] = parts;
  if (left === undefined || right === undefined) return () => null;
  return (run, scope) => {
    const a = left(run, scope);
    const b = right(run, scope);
    return calculate(operation, numberOf(a, call, 0), numberOf(b, call, 1), call);
  };
}
