import { NumberText } from 'computo-js';

const SHOWN_MAX = 40;

/** A value as an error message names it: short, on one line, and never a whole tree. */
export function show(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value.length > SHOWN_MAX ? `${value.slice(0, SHOWN_MAX)}…` : value);
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(value);
    default:
      if (value === null || value === undefined) return 'nothing';
      if (value instanceof NumberText)
        return value.text.length > SHOWN_MAX ? `${value.text.slice(0, SHOWN_MAX)}…` : value.text;
      return Array.isArray(value) ? 'a list' : 'a map';
  }
}

/** `a, b or c`. */
export function oneOf(words: readonly string[]): string {
  return words.length > 1 ? `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}` : (words[0] ?? '');
}
