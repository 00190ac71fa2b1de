import { digitsOf, spendDigitPairs } from './digits.js';
import { spendSteps, spendUnits, type Effort } from './effort.js';
import { insideOf, partAt, type Inside } from './inside.js';
import { NumberText, type Json, type JsonNumber, type JsonObject } from './json.js';

/** The maximum number of parts of a text that are collected before they are joined. */
const PARTS_MAX = 1024;
/** The cost of printing a value besides its characters. */
const STEPS_PER_VALUE = 2;

/** How a value is printed. */
export interface Style {
  /** Returns an object's keys in the order in which they are printed. */
  readonly keys: (object: JsonObject, effort: Effort) => readonly string[];
  /** Prints a number. The cost of printing an integer has already been charged. */
  readonly number: (number: JsonNumber) => string;
}

/**
 * Prints a value as compact JSON. Works at any nesting depth.
 *
 * @throws EffortExceeded if the text grows longer than `effort` allows
 */
export function print(value: Json, style: Style, effort: Effort): string {
  const opened: Inside[] = [];
  let text = '';
  // Appending each part to the text would keep a node in memory for each of them.
  let parts: string[] = [];
  const write = (part: string): void => {
    spendUnits(effort, part.length);
    if (parts.push(part) < PARTS_MAX) return;
    text += parts.join('');
    parts = [];
  };
  const begin = (inner: Json): void => {
    spendSteps(effort, STEPS_PER_VALUE);
    const open = insideOf(inner, effort, style.keys);
    if (open === undefined) {
      write(scalarText(inner, style, effort));
    } else {
      write(open.keys === undefined ? '[' : '{');
      opened.push(open);
    }
  };

  begin(value);
  for (let open = opened.at(-1); open !== undefined; open = opened.at(-1)) {
    const index = open.next;
    if (index === open.length) {
      write(open.keys === undefined ? ']' : '}');
      opened.pop();
      continue;
    }
    open.next += 1;
    if (index > 0) write(',');
    const key = open.keys?.[index];
    if (key !== undefined) write(`${JSON.stringify(key)}:`);
    begin(partAt(open, index));
  }
  return text + parts.join('');
}

/**
 * Prints a scalar as JSON. Prints -0 as 0, like `JSON.stringify`.
 *
 * @throws EffortExceeded if the value is an integer with more digits than `effort` allows
 */
export function scalarText(value: Json, style: Pick<Style, 'number'>, effort: Effort): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'bigint': {
      const digits = digitsOf(value);
      spendDigitPairs(effort, digits, digits);
      return style.number(value);
    }
    case 'number':
      return style.number(value);
    case 'boolean':
      return value ? 'true' : 'false';
    default:
      return value instanceof NumberText ? style.number(value) : 'null';
  }
}
