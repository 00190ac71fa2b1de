import { NumberText } from 'computo-js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonSyntaxError, mayLosePrecision, parseJson, stringifyJson } from '../../src/json/index.js';
import { parseExactly } from 'computo-js';
import { runs } from '../support/runs.js';

describe('reading JSON', () => {
  it('gives what JSON.parse gives, wherever that loses nothing', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        fc.pre(!/[0-9.]{16}/.test(text));
        expect(parseExactly(text, 1000)).toEqual(JSON.parse(text));
      }),
      { numRuns: runs(250) },
    );
  });

  it('rejects exactly what JSON.parse rejects', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"',
      '\\',
      '\\u12',
      '1',
      '-',
      '01',
      '.5',
      '1e',
      'true',
      'nul',
      ' ',
      '\u0001',
      '\ufeff',
      "'x'",
      'NaN',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 8 }), (parts) => {
        const text = parts.join('');
        let accepted = true;
        try {
          JSON.parse(text);
        } catch {
          accepted = false;
        }
        if (accepted) parseExactly(text, 1000);
        else expect(() => parseExactly(text, 1000)).toThrow(JsonSyntaxError);
      }),
      { numRuns: runs(2500) },
    );
  });

  it.each([
    ['9007199254740991', 9007199254740991],
    ['9007199254740993', 9007199254740993n],
    ['-505874924095815681', -505874924095815681n],
    ['1.50', 1.5],
    ['1e3', 1000],
    ['0.1', 0.1],
    ['123456789.123456', 123456789.123456],
    ['-0.0', -0],
    ['1e23', 1e23],
    ['5e-324', 5e-324],
  ])('reads %s as a plain value', (text, value) => {
    expect(parseJson(text)).toBe(value);
  });

  it.each(['0.1234567890123456789012345678901', '1e400', '-1e-400', '123456789012345678.5', '4e-324'])(
    'keeps %s as it is written',
    (text) => {
      expect(parseJson(text)).toEqual(new NumberText(text));
      expect(stringifyJson(parseJson(`{"a":[${text}]}`))).toBe(`{"a":[${text}]}`);
    },
  );

  it('prints every number with the value it was read with, digit for digit', () => {
    const digits = fc.stringMatching(/^-?(0|[1-9][0-9]{0,40})(\.[0-9]{1,40})?([eE][-+]?[0-9]{1,3})?$/);
    fc.assert(
      fc.property(digits, (text) => {
        const printed = stringifyJson(parseJson(`[${text}]`)).slice(1, -1);
        expect(decimal(printed)).toEqual(decimal(text));
      }),
      { numRuns: runs(1000) },
    );
  });

  it('keeps the order of keys that look like array indexes', () => {
    const text = '{"b":1,"10":2,"9":{"2":0,"1":0},"a":3}';
    expect(stringifyJson(parseJson(text))).toBe(text);
  });

  it('takes the last of duplicate keys', () => {
    expect(stringifyJson(parseJson('{"a":1,"a":12345678901234567890}'))).toBe('{"a":12345678901234567890}');
    expect(stringifyJson(parseJson('{"a":1,"a":2}'))).toBe('{"a":2}');
  });

  it('treats __proto__ and constructor as keys like any other', () => {
    for (const number of ['1', '12345678901234567890']) {
      const text = `{"__proto__":{"polluted":${number}},"constructor":${number}}`;
      const value = parseJson(text);
      expect(stringifyJson(value)).toBe(text);
      expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    }
  });

  it('lets lone surrogate escapes through', () => {
    expect(stringifyJson(parseJson(String.raw`["\ud800",12345678901234567890]`))).toBe(
      String.raw`["\ud800",12345678901234567890]`,
    );
  });

  it('counts nesting, and rejects what is deeper than allowed', () => {
    const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
    expect(() => parseJson(nested(1000))).not.toThrow();
    expect(() => parseJson(nested(1001))).toThrow(/nested deeper than 1000 levels/);
    expect(() => parseJson(nested(100_000))).toThrow(/nested deeper than 1000 levels/);
    expect(() => parseJson(`{"a":"${'['.repeat(5000)}"}`)).not.toThrow();
    expect(() => parseJson(`["\\"${'['.repeat(5000)}\\\\"]`)).not.toThrow();
  });

  it.each([
    ['', 'the text ends where a value should be at column 1'],
    ['{"a":1', "the text ends where ',' or '}' should be at column 7"],
    ['{"a" 1}', "unexpected '1' where ':' should be at column 6"],
    ['{a:1}', "unexpected 'a' where a key in quotes should be at column 2"],
    ['[1,]', "unexpected ']' where a value should be at column 4"],
    ['["a\u0000"]', 'raw control character U+0000 in a string at column 4'],
    ['["\\x"]', String.raw`unknown escape \x in a string at column 3`],
    ['["abc', 'the text ends inside a string at column 6'],
    ['01', 'malformed number 01 at column 1'],
    ['{} {}', "unexpected '{' after the end of the value at column 4"],
    ['[undefined]', "unexpected word 'undefined' where a value should be at column 2"],
    ['\ufeff1', 'unexpected U+FEFF where a value should be at column 1'],
  ])('says of %j: %s', (text, message) => {
    expect(() => parseJson(text)).toThrow(message);
  });

  it('knows the texts that JSON.parse reads exactly', () => {
    expect(mayLosePrecision('{"id_str":"505874924095815681","n":12,"f":1.25}')).toBe(false);
    expect(mayLosePrecision('{"id":505874924095815681}')).toBe(true);
    expect(mayLosePrecision('[1,1e5]')).toBe(true);
    expect(mayLosePrecision('{"1":0}')).toBe(true);
  });
});

/** The value of a JSON number as digits and exponent, independent of the code under test. */
function decimal(text: string): { negative: boolean; digits: bigint; exponent: number } {
  const match = /^(-?)([0-9]+)(?:\.([0-9]+))?(?:[eE]([-+]?[0-9]+))?$/.exec(text);
  if (match === null) throw new Error(`no number: ${text}`);
  const [, sign = '', whole = '', fraction = '', power = '0'] = match;
  let digits = BigInt(whole + fraction);
  if (digits === 0n) return { negative: false, digits, exponent: 0 };
  let exponent = Number(power) - fraction.length + 0;
  while (digits % 10n === 0n) {
    digits /= 10n;
    exponent += 1;
  }
  return { negative: sign === '-', digits, exponent };
}
