import { isIP } from 'node:net';
import { NumberText } from 'computo-js';
import { DURATION_PATTERN, parseDuration, parseSize, SIZE_PATTERN } from '../units/index.js';
import { didYouMean } from '../diagnostic/index.js';
import { oneOf, show } from './show.js';
import { z } from './zod.js';

/**
 * The types of values that keys hold. Each is a zod schema with plain messages and with the facts that editors need (types,
 * ranges, patterns); its output is what the program works with: bytes, milliseconds, decimal text.
 *
 * Text is accepted for numbers and booleans, because `${NAME}` always yields text.
 */

const PLACEHOLDER_PATTERN = '\\$\\{';
/** Text that may be given instead of a number: digits, or a reference to the environment. */
const NUMBER_TEXT_PATTERN = `^-?[0-9.]+([eE][-+]?[0-9]+)?$|${PLACEHOLDER_PATTERN}`;

/**
 * A scalar that `read` converts to its meaning.
 *
 * @param words what is expected, for messages: `a number from 1 to 65535`
 * @param read returns the meaning of a value, or undefined if it has none
 * @param json what the JSON Schema says about it
 * @param hintFor what may have been meant by a value that has no meaning
 */
function scalar<T>(
  words: string,
  read: (input: unknown) => T | undefined,
  json: Record<string, unknown>,
  hintFor: (input: unknown) => string | undefined = () => undefined,
) {
  return z
    .unknown()
    .transform((input, context): T => {
      const value = read(input);
      if (value !== undefined) return value;
      const hint = hintFor(input);
      const problem = input === undefined ? `missing: expected ${words}` : `expected ${words}, got ${show(input)}`;
      context.issues.push({ code: 'custom', input, message: hint === undefined ? problem : `${problem}\n${hint}` });
      return z.NEVER;
    })
    .meta(json);
}

function bounds(min: number, max: number): Record<string, number> {
  return { minimum: min, ...(max < Number.MAX_SAFE_INTEGER && { maximum: max }) };
}

export function integer(min: number, max: number = Number.MAX_SAFE_INTEGER) {
  const range =
    max === Number.MAX_SAFE_INTEGER ? `a whole number of at least ${min}` : `a number from ${min} to ${max}`;
  const read = (input: unknown): number | undefined => {
    const value = typeof input === 'string' && /^-?[0-9]+$/.test(input.trim()) ? Number(input) : input;
    return typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max ? value : undefined;
  };
  return scalar(range, read, { type: ['integer', 'string'], ...bounds(min, max), pattern: NUMBER_TEXT_PATTERN });
}

/** A number between two inclusive bounds. */
export function fraction(min: number, max: number) {
  const read = (input: unknown): number | undefined => {
    const value = typeof input === 'string' ? Number(input.trim() || Number.NaN) : input;
    return typeof value === 'number' && value >= min && value <= max ? value : undefined;
  };
  return scalar(`a number from ${min} to ${max}`, read, {
    type: ['number', 'string'],
    ...bounds(min, max),
    pattern: NUMBER_TEXT_PATTERN,
  });
}

const DECIMAL = /^[0-9]{1,30}(?:\.[0-9]{1,60})?(?:[eE][-+]?[0-9]{1,2})?$/;

/** An amount of money that is not negative, as its exact decimal text: `100`, `0.00003`, `3e-5`. */
export function money(words: string) {
  const read = (input: unknown): string | undefined => {
    const text = input instanceof NumberText ? input.text : typeof input === 'string' ? input.trim() : String(input);
    const numeric = ['number', 'bigint', 'string'].includes(typeof input) || input instanceof NumberText;
    return numeric && DECIMAL.test(text) ? text : undefined;
  };
  return scalar(words, read, { type: ['number', 'string'], minimum: 0, pattern: NUMBER_TEXT_PATTERN });
}

function atLeast(min: number, unit: string): string {
  if (min <= 1) return min === 1 ? ', more than 0' : '';
  return `, at least ${min} ${unit}`;
}

/** A size in bytes: a number, or text with a unit. */
export function size(min: number, max: number = Number.MAX_SAFE_INTEGER) {
  const read = (input: unknown): number | undefined => {
    const bytes = typeof input === 'string' ? parseSize(input) : input;
    return typeof bytes === 'number' && Number.isSafeInteger(bytes) && bytes >= min && bytes <= max ? bytes : undefined;
  };
  const range = max === Number.MAX_SAFE_INTEGER ? atLeast(min, 'bytes') : ` from ${min} to ${max}`;
  return scalar(`a size like 100MB or a number of bytes${range}`, read, {
    type: ['integer', 'string'],
    ...bounds(min, max),
    pattern: `${SIZE_PATTERN}|${PLACEHOLDER_PATTERN}`,
  });
}

/** A duration in milliseconds: a number, or text with a unit. */
export function duration(minMs: number, maxMs: number = Number.MAX_SAFE_INTEGER) {
  const read = (input: unknown): number | undefined => {
    const value =
      typeof input === 'string'
        ? (parseDuration(input) ?? (/^[0-9]+$/.test(input) ? Number(input) : undefined))
        : input;
    return typeof value === 'number' && Number.isSafeInteger(value) && value >= minMs && value <= maxMs
      ? value
      : undefined;
  };
  const range = maxMs === Number.MAX_SAFE_INTEGER ? atLeast(minMs, 'ms') : ` from ${minMs} to ${maxMs}`;
  return scalar(`a duration like 30s, 15m or 7d, or a number of milliseconds${range}`, read, {
    type: ['integer', 'string'],
    ...bounds(minMs, maxMs),
    pattern: `${DURATION_PATTERN}|^[0-9]+$|${PLACEHOLDER_PATTERN}`,
  });
}

export function flag() {
  const read = (input: unknown): boolean | undefined =>
    typeof input === 'boolean' ? input : input === 'true' ? true : input === 'false' ? false : undefined;
  return scalar('true or false', read, {
    type: ['boolean', 'string'],
    pattern: `^(true|false)$|${PLACEHOLDER_PATTERN}`,
  });
}

/** One of several words. */
export function choice<const Word extends string>(words: readonly Word[]) {
  const read = (input: unknown): Word | undefined => words.find((word) => word === input);
  const json = { anyOf: [{ enum: words }, { type: 'string', pattern: PLACEHOLDER_PATTERN }] };
  return scalar(oneOf(words), read, json, (input) =>
    typeof input === 'string' ? didYouMean(input, words) : undefined,
  );
}

/** Text with at least one character. */
export function text(words: string, accepts: (text: string) => boolean = () => true) {
  const read = (input: unknown): string | undefined =>
    typeof input === 'string' && input !== '' && accepts(input) ? input : undefined;
  return scalar(words, read, { type: 'string', minLength: 1 });
}

/** An IP address, or a network as an address and the length of its prefix. */
export function network() {
  return text('an IP address, or a network like 10.0.0.0/8', (value) => {
    const [address = '', bits, ...more] = value.split('/');
    const version = isIP(address);
    const bitsMax = version === 6 ? 128 : 32;
    return (
      version > 0 && more.length === 0 && (bits === undefined || (/^[0-9]{1,3}$/.test(bits) && Number(bits) <= bitsMax))
    );
  });
}

/** A path. The resolver decides what it is relative to. */
export function path(words = 'a path') {
  return text(words, (value) => !value.includes('\0'));
}

/** A JSON Pointer (RFC 6901). */
export function jsonPointer() {
  const read = (input: unknown): string | undefined =>
    typeof input === 'string' && /^(?:\/(?:[^~]|~[01])*)?$/.test(input) ? input : undefined;
  return scalar('a JSON Pointer like /ai/answer', read, {
    type: 'string',
    pattern: `^(/([^~]|~[01])*)?$|${PLACEHOLDER_PATTERN}`,
  });
}
