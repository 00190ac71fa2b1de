import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ComputoError, execute, stringify, type Json } from 'computo-js';
import { anyText } from '../../support/any-text.js';

const parse = (text: string): Json => execute(['logfmt.parse', ['$input']], [text]);

describe('logfmt.parse', () => {
  it('reads the pairs that were written', () => {
    const key = fc.string({
      unit: fc.constantFrom('a', 'b', '.', '-', 'é', '😀', '1', '\\'),
      minLength: 1,
      maxLength: 4,
    });
    const plain = fc.string({ unit: fc.constantFrom('a', '1', '=', 'é', '\\', '/', '?', '"'), maxLength: 5 });
    const value = fc.oneof(
      fc.constant({ text: '', read: true as const }),
      plain.filter((text) => !text.startsWith('"')).map((text) => ({ text: `=${text}`, read: text })),
      anyText({ maxLength: 6 }).map((text) => ({ text: `=${JSON.stringify(text)}`, read: text })),
    );
    const blank = fc.constantFrom(' ', '  ', '\t', '\n', '\r\n');
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(key, value), { selector: ([name]) => name, maxLength: 5 }),
        blank,
        (pairs, between) => {
          const line = pairs.map(([name, { text }]) => name + text).join(between);
          const read = parse(between + line + between) as Readonly<Record<string, Json>>;
          expect(new Map(Object.entries(read))).toEqual(new Map(pairs.map(([name, one]) => [name, one.read])));
        },
      ),
    );
  });

  it('keeps the order of keys, with the last value of each', () => {
    expect(stringify(parse('b=1 10=2 9=3 b=4'))).toBe('{"b":"4","10":"2","9":"3"}');
    expect(stringify(parse('__proto__=1 constructor=2 __proto__'))).toBe('{"__proto__":true,"constructor":"2"}');
  });

  it.each<[string, Json]>([
    [String.raw`a="tab\t, quote \", backslash \\, \u00e9\n"`, { a: 'tab\t, quote ", backslash \\, é\n' }],
    [String.raw`path="C:\dir\x" re="\d+"`, { path: 'C:\\dir\\x', re: '\\d+' }],
    [String.raw`a=C:\new`, { a: 'C:\\new' }],
    ['a=b=c d==', { a: 'b=c', d: '=' }],
    ['a=x"y" b', { a: 'x"y"', b: true }],
    [' \t\n', {}],
  ])('reads %j', (text, pairs) => {
    expect(parse(text)).toEqual(pairs);
  });

  it.each([
    ['a=1 =2', "'=' stands where a key should be at column 5"],
    ['"a b"=1', 'a key has a quote at column 1'],
    ['a"b=1', 'a key has a quote at column 2'],
    ['a="b', 'a quote is not closed at column 3'],
    ['a="b\\"', 'a quote is not closed at column 3'],
    ['a="b\\', 'a quote is not closed at column 3'],
    ['a="b"c=1', 'a blank should stand behind the quote at column 6'],
  ])('refuses %j', (text, problem) => {
    expect(() => parse(text)).toThrow(`'logfmt.parse' needs a line of logfmt: ${problem}`);
    expect(() => parse(text)).toThrow(ComputoError);
  });
});
