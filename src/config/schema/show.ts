import { NumberText } from 'computo-js';

const SHOWN_MAX = 40;

/** The credentials in an address, which must not be shown. */
const CREDENTIALS = /\/\/[^\s/@]*@/;

/** Formats a value for an error message: short, on one line, and never a whole tree. */
export function show(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(shortened(value.replace(CREDENTIALS, '//…@')));
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(value);
    default:
      if (value === null || value === undefined) return 'nothing';
      if (value instanceof NumberText) return shortened(value.text);
      return Array.isArray(value) ? 'a list' : 'a map';
  }
}

/** `a, b or c`. */
export function oneOf(words: readonly string[]): string {
  return words.length > 1 ? `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}` : (words[0] ?? '');
}

function shortened(text: string): string {
  return text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text;
}
