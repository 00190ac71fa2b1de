import type { Hint } from '../hint.js';
import type { Call, Node } from '../syntax/index.js';
import { isArray, isNumber, isObject, shorten, stringify } from '../value/index.js';
import type { CheckRule } from './rule.js';

/** Literals among the operands of an operator that makes of them what is hardly meant. */
export const literalOperands: CheckRule = ({ node }, report) => {
  if (node.type !== 'call' || node.arguments.length < 2) return;
  const { name } = node.operator;
  if (name === 'strConcat') {
    const found = node.arguments.find((argument) => containerIn(argument) !== undefined);
    const kind = found && containerIn(found);
    if (found === undefined || kind === undefined) return;
    report({
      code: 'literal-operand',
      severity: 'warning',
      place: found.place,
      message: `texts are joined here, and this ${kind} becomes JSON text`,
      hint: kind === 'list' ? APPEND : MERGE,
    });
    return;
  }
  if (!LOGIC.has(name)) return;
  const found = node.arguments.find((argument, index) => index > 0 && isLiteral(argument));
  if (found?.type !== 'constant') return;
  report({
    code: 'literal-operand',
    severity: 'warning',
    place: found.place,
    message: `'${name}' gives true or false, and ${shorten(stringify(found.value))} is ${isTruthyLiteral(found) ? 'always' : 'never'} true`,
    hint: compared(node, found, name),
  });
};

const LOGIC = new Set(['and', 'or', '&&', '||']);

const APPEND: Hint = (form) =>
  `Lists are put together with ${form === 'text' ? 'append(/a, /b)' : '["append", array, …]'}.`;
const MERGE: Hint = (form) =>
  `Objects are put together with ${form === 'text' ? 'merge($input, {…})' : '["merge", object, …]'}.`;

/** A list or an object that is written out. */
function containerIn(node: Node): 'list' | 'object' | undefined {
  if (node.type === 'list') return 'list';
  if (node.type === 'constant') return isArray(node.value) ? 'list' : isObject(node.value) ? 'object' : undefined;
  return node.type === 'call' && node.operator.name === 'obj' ? 'object' : undefined;
}

function isLiteral(node: Node): boolean {
  return node.type === 'constant' && (typeof node.value === 'string' || isNumber(node.value));
}

function isTruthyLiteral(node: Node): boolean {
  return node.type === 'constant' && node.value !== '' && node.value !== 0;
}

/** What is compared before the literal, once more; or how a default is given. */
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
