import { compileArgument, type Compiler, type Evaluate } from '../compile/index.js';
import { wrongKind, type Call, type Report } from '../syntax/index.js';
import {
  describe,
  isNumber,
  NumberText,
  readDecimal,
  spendText,
  unlimited,
  type Effort,
  type Json,
} from '../value/index.js';

/** The range of integers that an argument may have, inclusive. */
export interface Bounds {
  readonly min: number;
  readonly max: number;
}

const SAFE: Bounds = { min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER };

/**
 * Compiles an argument that must be an integer. If any integer is allowed, one beyond ±2^53 becomes the nearest end of that
 * range, which means the same as an index or a number of digits.
 *
 * @throws ComputoError `InvalidArgument` on evaluation, if the argument is not an integer within the bounds
 */
export function compileInteger(
  call: Call,
  index: number,
  compiler: Compiler,
  bounds: Bounds = SAFE,
): (...args: Parameters<Evaluate>) => number {
  const given = compileArgument(call, index, compiler);
  return (run, scope) => {
    const value = given(run, scope);
    run.at = call.place;
    const integer = integerWithin(value, bounds, run);
    if (integer === undefined) throw wrongKind(call, index, textOf(bounds), value);
    return integer;
  };
}

/** Reports a literal argument that is a number but not an integer within the bounds. */
export function reportInteger(call: Call, index: number, report: Report, bounds: Bounds = SAFE): void {
  const argument = call.arguments[index];
  if (argument?.type !== 'constant' || !isNumber(argument.value)) return;
  if (integerWithin(argument.value, bounds, unlimited()) !== undefined) return;
  const { name } = call.operator;
  const message = `'${name}' needs ${textOf(bounds)} as argument ${index + 1}, got ${describe(argument.value)}`;
  report({ code: 'wrong-integer', place: argument.place, message });
}

function integerWithin(value: Json, { min, max }: Bounds, effort: Effort): number | undefined {
  if (!isNumber(value) || !isInteger(value, effort)) return undefined;
  const nearest = Math.max(SAFE.min, Math.min(SAFE.max, Number(value)));
  return nearest >= min && nearest <= max ? nearest : undefined;
}

function isInteger(number: number | bigint | NumberText, effort: Effort): boolean {
  if (!(number instanceof NumberText)) return typeof number === 'bigint' || Number.isInteger(number);
  spendText(effort, number.text.length);
  const { digits, exponent } = readDecimal(number.text);
  return exponent >= digits.length;
}

function textOf({ min, max }: Bounds): string {
  if (min === SAFE.min) return 'an integer';
  if (max === SAFE.max) return min === 1 ? 'a positive integer' : `an integer of at least ${min}`;
  return `an integer from ${min} to ${max}`;
}
