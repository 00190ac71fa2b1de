import { describe, expect } from 'vitest';
import type { Json } from 'computo-js';
import { chargeOf } from '../charge.js';
import { each } from '../../support/runs.js';

const input: Json = ['$input'];
const SIZE = 100_000;

const times = (part: string, size: number): string => part.repeat(Math.ceil(size / part.length));
const counted = (size: number, part: (index: number) => string, between: string): string =>
  Array.from({ length: Math.ceil(size / 8) }, (_, index) => part(index)).join(between);

/** A call, and a text of so many characters that may be hard for it. */
const HARD: Readonly<Record<string, readonly [script: Json, text: (size: number) => string]>> = {
  'json.parse: short arrays': [['json.parse', input], (size) => `[${times('[1],', size)}1]`],
  'json.parse: a wide object': [['json.parse', input], (size) => `{${counted(size, (at) => `"k${at}":1`, ',')}}`],
  'json.parse: keys like integers': [
    ['json.parse', input],
    (size) => `{${counted(size, (at) => `"${size - at}":1`, ',')}}`,
  ],
  'json.parse: digits': [['json.parse', input], (size) => times('9', size)],
  'json.parse: backslashes': [['json.parse', input], (size) => `"${times('\\\\', size)}"`],
  'json.parse: line ends before a mistake': [['json.parse', input], (size) => `${times('\n', size)}x`],
  'json.text: control characters': [['json.text', input], (size) => times('\u0001', size)],
  'url.parse: slashes': [['url.parse', input], (size) => `x:${times('/', size)}`],
  'url.parse: no scheme': [['url.parse', input], (size) => times('a', size)],
  'url.parse: signs of all kinds': [['url.parse', input], (size) => `http://${times('@:[', size)}`],
  'url.parse: a long query': [['url.parse', input], (size) => `http://x?${times('a=1&', size)}`],
  'query.parse: keys': [['query.parse', input], (size) => counted(size, (at) => `k${at}`, '&')],
  'query.parse: percent signs': [['query.parse', input], (size) => times('%', size)],
  'query.parse: one key': [['query.parse', input], (size) => times('a&', size)],
  'csv.parse: separators': [['csv.parse', input], (size) => times(',', size)],
  'csv.parse: quotes': [['csv.parse', input], (size) => `"${times('""', size)}"`],
  'csv.parse: line ends in quotes': [['csv.parse', input], (size) => `${times('a,"\n",', size)}a`],
  'csv.parse: half a separator': [['csv.parse', input, '😀'], (size) => times('😁', size)],
  'logfmt.parse: keys': [['logfmt.parse', input], (size) => counted(size, (at) => `k${at}`, ' ')],
  'logfmt.parse: escapes': [['logfmt.parse', input], (size) => `a="${times('\\n', size)}"`],
  'logfmt.parse: signs': [['logfmt.parse', input], (size) => `a${times('=', size)}`],
  'time.parse: a fraction': [['time.parse', input], (size) => `2026-01-02T03:04:05.${times('9', size)}Z`],
  'time.parse: white space': [['time.parse', input, input], (size) => times(' ', size)],
  'time.parse: a text as its own format': [['time.parse', input, input], (size) => times('x ', size)],
  'time.format: many directives': [['time.format', 0, input], (size) => times('%r', size)],
  'text.lower: letters that grow': [['text.lower', input], (size) => times('İ', size)],
  'text.split: a part half of which stands everywhere': [
    ['text.split', input, `${'a'.repeat(1000)}b`],
    (size) => times('a', size),
  ],
  'text.replace: every place': [['text.replace', input, 'a', 'bb'], (size) => times('a', size)],
  'text.contains: a text in itself': [['text.contains', input, input], (size) => times('ab', size)],
  'text.trim: white space inside': [['text.trim', input], (size) => `a${times(' ', size)}a`],
  'text.length: halves of characters': [['text.length', input], (size) => times('\ud800', size)],
  'text.slice: from the end': [['text.slice', input, -5], (size) => times('😀', size)],
  'text.redact: beginnings of addresses': [
    ['text.redact', input, { array: ['email', 'card', 'ip', 'phone', 'iban'] }],
    (size) => times('a.b@c-1:+4', size),
  ],
  'text.redact: one long number': [
    ['text.redact', input, { array: ['card', 'phone', 'iban'] }],
    (size) => `+${times('1 ', size)}`,
  ],
  'regex.test: nested repetition': [['regex.test', input, '^(a+)+$'], (size) => `${times('a', size)}!`],
  'regex.findAll: empty matches': [['regex.findAll', input, ''], (size) => times('a', size)],
  'regex.split: every place': [['regex.split', input, 'a'], (size) => times('a', size)],
  'regex.replace: groups': [['regex.replace', input, '(a)|(b)', '$1-$2'], (size) => times('ab', size)],
  'value.set: a deep pointer': [['value.set', {}, input, 1], (size) => times('/a', size)],
  'value.at: a long key': [['value.has', {}, input], (size) => times('k', size)],
  'value.walk: what is wide': [
    ['value.walk', ['json.parse', input], ['lambda', ['x'], ['$', '/x']]],
    (size) => `[${times('1,', size)}1]`,
  ],
  'number.parse: digits': [['number.parse', input], (size) => times('9', size)],
  'hash.sha256: a text': [['hash.sha256', input], (size) => times('é', size)],
  'base64.decode: groups': [['base64.decode', input], (size) => times('QUJD', size)],
  'object.flatten: what is wide': [
    ['object.flatten', ['json.parse', input]],
    (size) => `{${counted(size, (at) => `"k${at}":1`, ',')}}`,
  ],
  'time.format: one literal': [['time.format', 0, input], (size) => times('x', size)],
};

describe('what is charged for a text of a million characters is ten times that for a tenth of it', () => {
  each(8)(Object.entries(HARD))('%s', (_, [script, text]) => {
    const [once, tenfold] = [SIZE, 10 * SIZE].map((size) => chargeOf(script, [text(size)], 'current'));
    expect((tenfold ?? 0) / (once ?? 0)).toBeGreaterThan(8);
    expect((tenfold ?? 0) / (once ?? 0)).toBeLessThan(12);
  });
});
