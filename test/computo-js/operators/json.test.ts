import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ComputoError, compile, equal, execute, NumberText, orderedObject, stringify, type Json } from 'computo-js';
import { anyText } from '../../support/any-text.js';

const parse = (text: string): Json => execute(['json.parse', ['$input']], [text]);
const text = (value: Json): string => execute(['json.text', ['$input']], [value]) as string;

function errorOf(work: () => Json): ComputoError {
  try {
    work();
  } catch (error) {
    if (error instanceof ComputoError) return error;
    throw error;
  }
  throw new Error('nothing was raised');
}

const key = fc.oneof(anyText({ maxLength: 4 }), fc.constantFrom('__proto__', 'constructor', '1', '0', '10', 'a'));
const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0)),
  fc.bigInt({ min: 2n ** 53n + 1n, max: 10n ** 60n }),
  fc.constantFrom(new NumberText('0.1000000000000000000000000001'), new NumberText('1e400'), new NumberText('-1e-400')),
);
const { value } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.constantFrom<Json>(null, true, false),
    number,
    anyText({ maxLength: 8 }),
    fc.string({ unit: fc.constantFrom('\ud800', '\udc00', '\u0000', '"', '\\', 'a'), maxLength: 4 }),
    fc.array(tie('value'), { maxLength: 12 }),
    fc.array(fc.tuple(key, tie('value')), { maxLength: 5 }).map((entries) => orderedObject(entries)),
  ),
}));

describe('json.text', () => {
  it('is what json.parse reads as the same value, with its keys in their order', () => {
    fc.assert(
      fc.property(value, (given) => {
        const written = text(given);
        expect(written).toBe(stringify(given));
        const read = parse(written);
        expect(equal(read, given)).toBe(true);
        expect(stringify(read)).toBe(written);
      }),
    );
  });

  it('keeps the order of keys that look like integers', () => {
    expect(text(parse('{"b":1,"10":2,"9":3,"a":4}'))).toBe('{"b":1,"10":2,"9":3,"a":4}');
    expect(text(parse('{"__proto__":{"x":1},"a":2}'))).toBe('{"__proto__":{"x":1},"a":2}');
    expect(execute(['json.text', ['obj', 'z', 1, '0', 2]])).toBe('{"z":1,"0":2}');
  });

  it('takes any depth', () => {
    let deep: Json = 1;
    for (let level = 0; level < 100_000; level++) deep = [deep];
    expect(text(deep)).toHaveLength(200_001);
  });
});

describe('json.parse', () => {
  it.each([
    ['', "'json.parse' needs JSON: the text ends where a value should be at column 1"],
    ['[1,]', "'json.parse' needs JSON: unexpected ']' where a value should be at column 4"],
    [
      '{"a":1,\n "b":tru}',
      "'json.parse' needs JSON: unexpected word 'tru' where a value should be at line 2, column 6",
    ],
    ['{\r\n\r\n}x', "'json.parse' needs JSON: unexpected 'x' after the end of the value at line 3, column 2"],
    ['"\n"', "'json.parse' needs JSON: raw control character U+000A in a string at column 2"],
    ['\ufeff1', "'json.parse' needs JSON: unexpected U+FEFF where a value should be at column 1"],
    ['1 2', "'json.parse' needs JSON: unexpected '2' after the end of the value at column 3"],
    ['-', "'json.parse' needs JSON: unexpected '-' where a value should be at column 1"],
  ])('says what is wrong with %j, and where', (given, problem) => {
    expect(errorOf(() => parse(given))).toMatchObject({ kind: 'InvalidArgument', problem });
  });

  it('accepts what JSON.parse accepts, and nothing else', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '\\',
      'a',
      '1',
      '-',
      '.',
      'e',
      'true',
      'null',
      ' ',
      '\n',
      '\u0000',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const given = pieces.join('');
        let accepted = true;
        try {
          JSON.parse(given);
        } catch {
          accepted = false;
        }
        if (accepted) parse(given);
        else expect(errorOf(() => parse(given)).kind).toBe('InvalidArgument');
      }),
      { numRuns: 1000 },
    );
  });

  it('takes a thousand levels, and no more', () => {
    const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
    expect(Array.isArray(parse(nested(1000)))).toBe(true);
    expect(errorOf(() => parse(nested(1001)))).toMatchObject({ kind: 'LimitExceeded' });
    expect(errorOf(() => parse('['.repeat(1_000_000)))).toMatchObject({ kind: 'LimitExceeded' });
  });

  it('builds no more than the limits allow', () => {
    const program = compile(['json.parse', ['$input']], { limits: { outputSize: 10_000 } });
    expect(() => program.run(['[1]'])).not.toThrow();
    for (const part of ['[],', '{},', '1,', '"a",', '{"a":1},', '{"2":0,"1":0},']) {
      const given = `[${part.repeat(3000)}0]`;
      expect(errorOf(() => program.run([given])).kind).toBe('LimitExceeded');
    }
  });
});
