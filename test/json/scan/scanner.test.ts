import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson, stringifyJson } from '../../../src/json/index.js';
import { ByteWriter, copyValue, createScanner, readValue, textOf } from '../../../src/json/scan/index.js';

const POINTERS = [['id'], ['user', 'name'], ['user'], ['a', 'b', 'c'], ['né']];

/** The value at a pointer, read the plain way; undefined when it is not there. */
function at(value: unknown, segments: readonly string[]): unknown {
  return segments.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, key)
        ? (inner as Record<string, unknown>)[key]
        : undefined,
    value,
  );
}

interface Found {
  readonly end: number;
  readonly values: readonly unknown[];
  readonly copies: readonly string[];
}

/** Scans line after line with one scanner, so that later lines meet what it learned from earlier ones. */
function scanLines(lines: readonly string[], { pointers = POINTERS, depthMax = 1000 } = {}): Found[] {
  const text = textOf(Buffer.from(lines.map((line) => `${line}\n`).join('')));
  const scanner = createScanner(pointers, depthMax);
  let start = 0;
  return lines.map((line) => {
    const end = scanner.scan(text, start);
    const found = {
      end: end < 0 ? end : end - start,
      values: end < 0 ? [] : pointers.map((_, slot) => readValue(scanner, slot, text)),
      copies: end < 0 ? [] : pointers.map((_, slot) => copied(scanner, slot, text)),
    };
    start += Buffer.byteLength(line) + 1;
    return found;
  });
}

function copied(...[scanner, slot, text]: Parameters<typeof readValue>): string {
  const writer = new ByteWriter();
  copyValue(scanner, slot, text, writer);
  return writer.take().toString();
}

function scanLine(text: string, depthMax = 1000): Found {
  const [found] = scanLines([text], { depthMax });
  if (found === undefined) throw new Error('no line');
  return found;
}

const keys = fc.constantFrom('id', 'user', 'name', 'a', 'b', 'c', 'né', 'x', '__proto__', '1');
const { event } = fc.letrec((tie) => ({
  event: fc.dictionary(keys, tie('value'), { maxKeys: 6 }),
  value: fc.oneof({ maxDepth: 4 }, fc.jsonValue({ maxDepth: 1 }), fc.string({ unit: 'binary' }), tie('event')),
}));

describe('the scanner', () => {
  it('finds in any events the values that full parsing finds, and prints them alike', () => {
    fc.assert(
      fc.property(fc.array(event, { minLength: 1, maxLength: 4 }), fc.constantFrom(undefined, 1), (events, indent) => {
        // Twice over, so that every shape is met again once it is known.
        const lines = [...events, ...events].map((one) => JSON.stringify(one, null, indent).replaceAll('\n', '\t'));
        const pointers = [...POINTERS, []];
        for (const [index, { end, values, copies }] of scanLines(lines, { pointers }).entries()) {
          const line = lines[index] ?? '';
          expect(end).toBe(Buffer.byteLength(line));
          const parsed = parseJson(line);
          for (const [slot, segments] of pointers.entries()) {
            const expected = at(parsed, segments);
            expect(values[slot]).toEqual(expected);
            expect(copies[slot]).toBe(expected === undefined ? '' : stringifyJson(parseJson(JSON.stringify(expected))));
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('accepts no line that full parsing refuses', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"id"',
      '"user"',
      '"',
      '\\',
      '\\u12',
      '\\u00e9',
      '\\n',
      '1',
      '-',
      '01',
      '.5',
      '1.5e+3',
      '1e',
      'true',
      'nul',
      'null',
      ' ',
      '\t',
      '\u0001',
      '\ufeff',
      'é',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 10 }), fc.boolean(), (parts, wrapped) => {
        const text = wrapped ? `{"id":${parts.join('')}}` : parts.join('');
        const { end } = scanLine(text);
        if (end >= 0) expect(() => JSON.parse(text) as unknown).not.toThrow();
      }),
      { numRuns: 20_000 },
    );
  });

  it.each([
    ['a wanted key twice', '{"id":1,"id":2}'],
    ['a wanted key on the way twice', '{"user":{"name":1},"user":{}}'],
    ['a key written with an escape', '{"\\u0069d":1}'],
    ['an array where a field is wanted', '{"user":["name"]}'],
    ['nesting beyond the limit', `{"x":${'['.repeat(101)}${']'.repeat(101)}}`],
  ])('leaves %s to the full parser', (_, text) => {
    expect(scanLine(text).end).toBe(-1);
  });

  it('keeps to the nesting that the caller allows', () => {
    expect(scanLine('{"x":[1]}', 2).end).toBeGreaterThan(0);
    expect(scanLine('{"x":[[1]]}', 2).end).toBe(-1);
    expect(scanLine('{"a":{"b":{"c":1}}}', 2).end).toBe(-1);
  });

  it.each([
    '0',
    '-0',
    '12',
    '-7',
    '1.5',
    '1.50',
    '0.001',
    '0.0000001',
    '1e5',
    '123456789012345678',
    '0.1234567890123456789',
    '1e400',
    '-0.5',
    '100',
    '1.0',
  ])('prints the number %s as full parsing does', (number) => {
    expect(scanLine(`{"id":${number}}`).copies[0]).toBe(stringifyJson(parseJson(number)));
  });
});
