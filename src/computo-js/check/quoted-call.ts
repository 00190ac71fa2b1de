import type { Hint } from '../hint.js';
import { findOperator } from '../operators/index.js';
import { placeInside, type Dialect, type Place } from '../syntax/index.js';
import { entriesOf, isArray, isObject, shorten, spaced, stringify, unlimited, type Json } from '../value/index.js';
import type { CheckRule } from './rule.js';

/** Reports calls inside data. Objects and lists under `array` are literal: nothing in them is evaluated. */
export const quotedCalls: CheckRule = ({ node }, report, { dialect, raw }) => {
  if (node.type !== 'constant' || raw.has(node)) return;
  const found = quotedCallIn(node.value, node.place, dialect);
  if (found === undefined) return;
  report({
    code: 'quoted-call',
    severity: 'warning',
    place: found.place,
    message: `data is not evaluated: ${shown(found.call)} in it stays as it is`,
    hint: cureOf(found),
  });
};

/** Something in data that looks like a call. */
interface QuotedCall {
  readonly call: readonly Json[];
  readonly place: Place;
  /** The key of the innermost enclosing object. */
  readonly key: string | undefined;
}

/** Returns the first call in a constant, if any. Works at any nesting depth. */
function quotedCallIn(value: Json, place: Place, dialect: Dialect): QuotedCall | undefined {
  const pending: { value: Json; place: Place; key: string | undefined }[] = [{ value, place, key: undefined }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { value: inner, place: at, key } = next;
    if (isArray(inner)) {
      if (looksLikeCall(inner, dialect)) return { call: inner, place: at, key };
      for (let index = inner.length - 1; index >= 0; index--) {
        pending.push({ value: inner[index] ?? null, place: placeInside(at, index), key });
      }
    } else if (isObject(inner)) {
      for (const [name, member] of entriesOf(inner, unlimited()).reverse()) {
        pending.push({ value: member, place: placeInside(at, name), key: name });
      }
    }
  }
  return undefined;
}

/** Whether an array is almost certainly meant as a call. A list of words is not, even if one of them names an operator. */
function looksLikeCall([head, ...args]: readonly Json[], dialect: Dialect): boolean {
  if (typeof head !== 'string') return false;
  const found = findOperator(head, dialect);
  if (found === undefined) return false;
  const { min, max } = found.signature;
  if (args.length < min || (max !== null && args.length > max)) return false;
  if (head.startsWith('$')) return args.every((arg) => typeof arg === 'string' && arg.startsWith('/'));
  if (args.some((arg) => isArray(arg) && typeof arg[0] === 'string' && findOperator(arg[0], dialect) !== undefined))
    return true;
  return /^\W/.test(head) && args.every((arg) => typeof arg !== 'string');
}

function cureOf({ call, key }: QuotedCall): Hint {
  const text = textOf(call);
  const json = shown(call);
  return (form) => {
    if (key === undefined && form === 'text') {
      return `Write ${text} without brackets and quotes; JSON stands between backticks, and in a config without quotes around it.`;
    }
    if (key === undefined) return `A list that is evaluated stands without "array": [${json}, …].`;
    const object = `{${/^\w+$/.test(key) ? key : stringify(key)}: ${text}}`;
    return form === 'text' ? `Write ${object}.` : `Write ["obj", ${stringify(key)}, ${json}], or as text ${object}.`;
  };
}

/** Shows how a call looks in the text form, abbreviated. */
function textOf([head, pointer]: readonly Json[]): string {
  const name = typeof head === 'string' ? head : '';
  const path = typeof pointer === 'string' ? pointer : '';
  if (name === '$input') return path === '' ? name : path;
  if (name === '$inputs') return `${name}${path}`;
  if (name === '$') return path.slice(1);
  return /^\W/.test(name) ? `… ${name} …` : `${name}(…)`;
}

/** Shows a value as JSON, abbreviated. */
function shown(value: Json): string {
  const text = stringify(value);
  const short = shorten(text);
  return short === text ? spaced(value) : short;
}
