import type { Hint } from '../hint.js';
import type { Call, Node, Report } from '../syntax/index.js';
import { isArray, isNumber, isObject, isTruthy, shorten, stringify } from '../value/index.js';

/** Reports a literal list or object as an operand of an operator that joins texts. */
export function reportContainer({ arguments: operands }: Call, report: Report): void {
  if (operands.length < 2) return;
  const found = operands.find((operand) => containerIn(operand) !== undefined);
  if (found === undefined) return;
  report({
    code: 'literal-operand',
    severity: 'warning',
    place: found.place,
    message: `texts are joined here, and this ${containerIn(found)} becomes JSON text`,
    hint: containerIn(found) === 'list' ? APPEND : MERGE,
  });
}

/** Reports a literal text or number after another condition: `/a == "x" or "y"`. */
export function reportLiteral(call: Call, report: Report): void {
  const found = call.arguments.find((operand, index) => index > 0 && isLiteral(operand));
  if (found?.type !== 'constant') return;
  const { name } = call.operator;
  report({
    code: 'literal-operand',
    severity: 'warning',
    place: found.place,
    message: `'${name}' gives true or false, and ${shorten(stringify(found.value))} is ${isTruthy(found.value) ? 'always' : 'never'} true`,
    hint: compared(call, found, name),
  });
}

const APPEND: Hint = (form) =>
  `Lists are put together with ${form === 'text' ? 'append(/a, /b)' : '["append", array, …]'}.`;
const MERGE: Hint = (form) =>
  `Objects are put together with ${form === 'text' ? 'merge($input, {…})' : '["merge", object, …]'}.`;

/** Whether a node is a literal list or object. */
function containerIn(node: Node): 'list' | 'object' | undefined {
  if (node.type === 'list') return 'list';
  if (node.type === 'constant') return isArray(node.value) ? 'list' : isObject(node.value) ? 'object' : undefined;
  return node.type === 'call' && node.operator.name === 'obj' ? 'object' : undefined;
}

function isLiteral(node: Node): boolean {
  return node.type === 'constant' && (typeof node.value === 'string' || isNumber(node.value));
}

/** Suggests repeating the comparison before the literal, or giving a default. */
function compared({ arguments: operands }: Call, literal: Node, name: string): Hint {
  const value = literal.type === 'constant' ? shorten(stringify(literal.value)) : '…';
  const before = operands[operands.indexOf(literal) - 1];
  const read = before?.type === 'call' && /^[=!]=$/.test(before.operator.name) ? before : undefined;
  const [left] = read?.arguments ?? [];
  const pointer =
    left?.type === 'call' && left.operator.name === '$input' && left.arguments[0]?.type === 'constant'
      ? left.arguments[0].value
      : undefined;
  const sign = read?.operator.name ?? '==';
  const field = typeof pointer === 'string' && /^[\w/]+$/.test(pointer) ? pointer : '…';
  return (form) => {
    const each =
      form === 'text'
        ? `… ${name} ${field} ${sign} ${value}`
        : `["${name}", …, ["${sign}", ${field === '…' ? field : `["$input", "${field}"]`}, ${value}]]`;
    const whole = `Each side is a condition of its own: ${each}.`;
    if (read !== undefined || name === 'and' || name === '&&') return whole;
    return `${whole} A default for what is missing: ${form === 'text' ? `… ?? ${value}` : `["value.or", …, ${value}]`}.`;
  };
}
