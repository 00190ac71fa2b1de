import type { Hint } from '../hint.js';
import { placeInside } from '../syntax/index.js';
import { entriesOf, isObject, stringify, unlimited } from '../value/index.js';
import type { CheckRule } from './rule.js';

/** Reports text form that was read as JSON or YAML: `{id: /id}` without quotes is an object of strings. */
export const quotedFields: CheckRule = ({ node }, report) => {
  if (node.type !== 'constant' || node.place.outer !== undefined || !isObject(node.value)) return;
  for (const [key, value] of entriesOf(node.value, unlimited())) {
    const isKey = value === null && isField(key);
    if (!isKey && !(typeof value === 'string' && isField(value))) continue;
    const field = isKey ? key : String(value);
    report({
      code: 'quoted-call',
      severity: 'warning',
      place: placeInside(node.place, key),
      message: `${stringify(field)} is a text here, the same for each event`,
      hint: cureOf(isKey ? (field.split('/').at(-1) ?? '') : key, field, isKey),
    });
    return;
  }
};

function isField(text: string): boolean {
  return /^(?:\/|\$inputs?\/)[A-Za-z_"][^\s]*$/.test(text);
}

function cureOf(key: string, field: string, isKey: boolean): Hint {
  const object = isKey ? `{${field}}` : `{${/^\w+$/.test(key) ? key : stringify(key)}: ${field}}`;
  const [, operator = '$input', pointer = field] = /^(\$inputs?)(\/.*)$/.exec(field) ?? [];
  return (form) =>
    form === 'text'
      ? `Write ${object}, without quotes inside.`
      : `Write ["obj", ${stringify(key)}, ["${operator}", ${stringify(pointer)}]], or as text ${object}: in YAML, put that in quotes.`;
}
