import { orderedObject, spendSteps, spendUnits, unlimited, type Effort, type Json } from '../value/index.js';
import { readNumber } from './number.js';
import { JsonDepthError, JsonSyntaxError } from './syntax-error.js';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
/** Characters that may appear unescaped in a string: no control characters. */
const PLAIN_CHARACTERS = /[^"\\\u0000-\u001f]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/** Shorter arrays are copied so that they take no more memory than they need, because a growing array has room for 17 elements at once. */
const GROWN_LENGTH_MIN = 8;
const STEPS_PER_VALUE = 2;
const UNITS_PER_VALUE = 4;
const UNITS_PER_ARRAY = 12;
const UNITS_PER_ELEMENT = 2;

/** A container whose elements are being read. */
type Frame = { readonly items: Json[] } | { readonly entries: Map<string, Json>; key: string };

/**
 * Parses JSON as RFC 8259 defines it. Accepts what `JSON.parse` accepts and keeps what `JSON.parse` loses: the exact value of
 * numbers and the order of integer-like keys. The last of duplicate keys wins. Takes no stack: only `depthMax` bounds the
 * nesting.
 *
 * @param effort the budget; unlimited if absent. The caller must charge for reading the characters themselves
 * @throws JsonSyntaxError with the place of the first mistake
 * @throws EffortExceeded
 */
export function parseExactly(text: string, depthMax: number, effort: Effort = unlimited()): Json {
  const frames: Frame[] = [];
  let at = skipSpace(text, 0);

  for (;;) {
    // A value starts here.
    spendSteps(effort, STEPS_PER_VALUE);
    spendUnits(effort, UNITS_PER_VALUE);
    let value: Json;
    const code = text.charCodeAt(at);
    if (code === OPEN_OBJECT || code === OPEN_ARRAY) {
      if (frames.length >= depthMax) throw new JsonDepthError(depthMax, at);
      at = skipSpace(text, at + 1);
      if (code === OPEN_ARRAY) {
        if (text.charCodeAt(at) !== CLOSE_ARRAY) {
          frames.push({ items: [] });
          continue;
        }
        value = [];
      } else {
        if (text.charCodeAt(at) !== CLOSE_OBJECT) {
          const frame = { entries: new Map<string, Json>(), key: '' };
          at = readKey(text, at, frame);
          frames.push(frame);
          continue;
        }
        value = {};
      }
      at += 1;
    } else {
      const end = scalarEnd(text, at);
      value = scalarOf(text, at, end);
      at = end;
    }

    // A value is complete here. It is added to the open container, and closes all containers that end here.
    for (;;) {
      at = skipSpace(text, at);
      const frame = frames.at(-1);
      if (frame === undefined) {
        if (at < text.length) throw new JsonSyntaxError(`${found(text, at)} after the end of the value`, at);
        return value;
      }
      const next = text.charCodeAt(at);
      if ('items' in frame) {
        frame.items.push(value);
        if (next === COMMA) {
          at = skipSpace(text, at + 1);
          break;
        }
        if (next !== CLOSE_ARRAY) throw new JsonSyntaxError(`${found(text, at)} where ',' or ']' should be`, at);
        spendUnits(effort, UNITS_PER_ARRAY + UNITS_PER_ELEMENT * frame.items.length);
        value = frame.items.length < GROWN_LENGTH_MIN ? frame.items.slice() : frame.items;
      } else {
        // A repeated key keeps its first position and takes its last value, as in JSON.parse's plain objects.
        frame.entries.set(frame.key, value);
        if (next === COMMA) {
          at = readKey(text, skipSpace(text, at + 1), frame);
          break;
        }
        if (next !== CLOSE_OBJECT) throw new JsonSyntaxError(`${found(text, at)} where ',' or '}' should be`, at);
        value = orderedObject([...frame.entries], effort);
      }
      frames.pop();
      at += 1;
    }
  }
}

/** Reads `"key" :` into the frame and returns where the key's value starts. */
function readKey(text: string, at: number, frame: { key: string }): number {
  if (text.charCodeAt(at) !== QUOTE)
    throw new JsonSyntaxError(`${found(text, at)} where a key in quotes should be`, at);
  const end = stringEnd(text, at);
  frame.key = stringOf(text, at, end);
  const colon = skipSpace(text, end);
  if (text.charCodeAt(colon) !== COLON) throw new JsonSyntaxError(`${found(text, colon)} where ':' should be`, colon);
  return skipSpace(text, colon + 1);
}

function skipSpace(text: string, from: number): number {
  let at = from;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return at;
    at += 1;
  }
}

function scalarEnd(text: string, at: number): number {
  if (text.charCodeAt(at) === QUOTE) return stringEnd(text, at);
  for (const word of ['true', 'false', 'null']) if (text.startsWith(word, at)) return at + word.length;
  NUMBER.lastIndex = at;
  if (!NUMBER.test(text)) throw new JsonSyntaxError(`${found(text, at)} where a value should be`, at);
  const end = NUMBER.lastIndex;
  if (/[0-9.eE+-]/.test(text.charAt(end))) throw new JsonSyntaxError(`malformed number ${numberLike(text, at)}`, at);
  return end;
}

function scalarOf(text: string, at: number, end: number): Json {
  switch (text.charAt(at)) {
    case '"':
      return stringOf(text, at, end);
    case 't':
      return true;
    case 'f':
      return false;
    case 'n':
      return null;
    default:
      return readNumber(text.slice(at, end));
  }
}

/**
 * Returns where the string that starts at `start` ends: one past its closing quote.
 *
 * @throws JsonSyntaxError
 */
export function stringEnd(text: string, start: number): number {
  let at = start + 1;
  for (;;) {
    PLAIN_CHARACTERS.lastIndex = at;
    PLAIN_CHARACTERS.test(text);
    at = PLAIN_CHARACTERS.lastIndex;
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at + 1;
    if (Number.isNaN(code)) throw new JsonSyntaxError('the text ends inside a string', at);
    if (code !== BACKSLASH) throw new JsonSyntaxError(`raw control character ${codePoint(code)} in a string`, at);
    ESCAPE.lastIndex = at;
    if (!ESCAPE.test(text)) {
      throw new JsonSyntaxError(`unknown escape ${escapeShown(text.slice(at, at + 2))} in a string`, at);
    }
    at = ESCAPE.lastIndex;
  }
}

/** Shows a backslash and the character after it as typed, whereas JSON would double the backslash. */
function escapeShown(typed: string): string {
  return /^\\[!-~]$/.test(typed) ? typed : JSON.stringify(typed);
}

/** Returns the string between two quotes, whose end {@link stringEnd} found. */
export function stringOf(text: string, start: number, end: number): string {
  const body = text.slice(start + 1, end - 1);
  return body.includes('\\') ? (JSON.parse(text.slice(start, end)) as string) : body;
}

/** Describes what is at `at`, for messages. */
function found(text: string, at: number): string {
  const code = text.codePointAt(at);
  if (code === undefined) return 'the text ends';
  if (code < 0x20 || code === 0x7f || code === 0xfeff) return `unexpected ${codePoint(code)}`;
  const word = /^[\p{L}_][\p{L}\p{N}_]{0,20}/u.exec(text.slice(at, at + 24))?.[0];
  return `unexpected ${word === undefined || word.length === 1 ? `'${String.fromCodePoint(code)}'` : `word '${word}'`}`;
}

function numberLike(text: string, at: number): string {
  return /^[-+.0-9eE]{1,40}/.exec(text.slice(at, at + 40))?.[0] ?? '';
}

function codePoint(code: number): string {
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}
