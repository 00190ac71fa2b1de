import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { check, ComputoError, execute, type Json } from 'computo-js';
import { anyText } from '../../support/any-text.js';

const parse = (...args: Json[]): Json => execute(['csv.parse', ...args]);

/** A field as a cautious writer puts it down. */
function quoted(field: string): string {
  return `"${field.replaceAll('"', '""')}"`;
}

describe('csv.parse', () => {
  it('reads the fields that were written, in quotes wherever they need them', () => {
    const field = fc.oneof(
      anyText({ maxLength: 5 }),
      fc.string({ unit: fc.constantFrom('"', ',', ';', '\n', '\r', ' ', 'a', 'é', '😀', '|'), maxLength: 6 }),
    );
    const separator = fc.constantFrom(',', ';', '\t', '|', ' ', '😀', 'a');
    const end = fc.constantFrom('', '\n', '\r\n', '\r');
    fc.assert(
      fc.property(fc.array(field, { minLength: 1, maxLength: 6 }), separator, end, (fields, by, lineEnd) => {
        const needsQuotes = (one: string): boolean => /["\r\n]/.test(one) || one.includes(by);
        expect(parse(fields.map(quoted).join(by) + lineEnd, by)).toEqual(fields);
        const sparing = fields.map((one) => (needsQuotes(one) ? quoted(one) : one)).join(by);
        expect(parse(sparing + lineEnd, by)).toEqual(fields);
      }),
    );
  });

  it.each<[string, Json]>([
    ['', ['']],
    ['\n', ['']],
    [',', ['', '']],
    ['""', ['']],
    ['""""', ['"']],
    ['"a\r\nb",c', ['a\r\nb', 'c']],
    ['5" pipe,a"b"', ['5" pipe', 'a"b"']],
    [' "a"', [' "a"']],
  ])('reads %j', (text, fields) => {
    expect(parse(text)).toEqual(fields);
  });

  it.each([
    ['a,"b', 'a quote is not closed at column 3'],
    ['"""', 'a quote is not closed at column 1'],
    ['"a"b,c', 'the field goes on behind its closing quote at column 4'],
    ['"a" ,c', 'the field goes on behind its closing quote at column 4'],
    ['a,b\nc', 'a second line begins at column 4'],
    ['"a"\n\n', 'a second line begins at column 4'],
    ['a\n\r', 'a second line begins at column 2'],
  ])('refuses %j', (text, problem) => {
    expect(() => parse(text)).toThrow(`'csv.parse' needs a line of CSV: ${problem}`);
    expect(() => parse(text)).toThrow(ComputoError);
  });

  it.each(['', '"', '\n', '\r', ',,', 'é\u0301', ',\n'])('refuses the separator %j', (separator) => {
    expect(() => parse('a', separator)).toThrow('a separator of CSV is one character');
    expect(check(['csv.parse', ['$input'], separator])).toMatchObject([{ code: 'csv-separator', path: '/2' }]);
  });
});
