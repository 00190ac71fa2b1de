import { INFIXES } from '../text-form/signs.js';
import type { Parameter, Signature } from './signature.js';

/** Operators with a notation of their own in the text form. */
const NOTATIONS: Readonly<Record<string, string>> = {
  $input: '$input/name, or /name',
  $inputs: '$inputs/0/name',
  $: 'name',
  let: 'let name = value, … in body',
  if: 'if condition then value else value',
  lambda: 'name => body, or (name, …) => body',
  obj: '{key: value, …}',
  not: 'not value',
  'value.at': 'value[key]',
};

/** Returns a call with the parameters' names in JSON: `["sort", array, option?, …]`. */
export function jsonUsage(name: string, signature: Signature): string {
  return `[${[JSON.stringify(name), ...parametersOf(signature)].join(', ')}]`;
}

/** Returns the same call in the text form: `sort(array, option?, …)`, `number + number`. */
export function textUsage(name: string, signature: Signature): string {
  const { parameters, min } = signature;
  const notation = NOTATIONS[name];
  if (notation !== undefined) return notation;
  const infix = INFIXES.find(({ operator }) => operator === name);
  const [first = { name: 'value' }, second = first] = parameters;
  if (infix === undefined) return `${name}(${parametersOf(signature).join(', ')})`;
  const usage = `${first.name} ${infix.sign} ${second.name}`;
  return name === '-' && min < 2 ? `${usage}, or -${first.name}` : usage;
}

function parametersOf({ parameters, repeats, min }: Signature): string[] {
  const shown = parameters
    .filter(({ role }) => role !== 'ignored')
    .map((one, index) => shownAs(one, index, repeats, min));
  return repeats > 0 && shown.length > 0 ? [...shown, '…'] : shown;
}

function shownAs({ name }: Parameter, index: number, repeats: number, min: number): string {
  return index < min || repeats > 1 ? name : `${name}?`;
}
