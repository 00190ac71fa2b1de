import type { Json, JsonObject } from 'computo-js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson, stringifyJson } from '../../../src/json/index.js';
import { ByteWriter, copyElements, copyValue, createScanner, readValue, textOf } from '../../../src/json/scan/index.js';
import { anyText } from '../../support/any-text.js';
import { runs } from '../../support/runs.js';

const POINTERS = [['id'], ['user', 'name'], ['user'], ['a', 'b', 'c'], ['né']];

/** The value at a pointer, read the plain way; undefined when it is not there. */
function at(value: Json, segments: readonly string[]): Json | undefined {
  return segments.reduce<Json | undefined>(
    (inner, key) => (isRecord(inner) && Object.hasOwn(inner, key) ? inner[key] : undefined),
    value,
  );
}

function isRecord(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a pointer would have to go into an array. */
function meetsArray(value: Json, segments: readonly string[]): boolean {
  return segments.some((_, length) => Array.isArray(at(value, segments.slice(0, length))));
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
  value: fc.oneof({ maxDepth: 4 }, fc.jsonValue({ maxDepth: 1 }), anyText(), tie('event')),
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
          const parsed = parseJson(line);
          const mayBeRefused = line.includes('\\') || POINTERS.some((segments) => meetsArray(parsed, segments));
          if (mayBeRefused && end === -1) continue;
          expect(end).toBe(Buffer.byteLength(line));
          for (const [slot, segments] of pointers.entries()) {
            const expected = at(parsed, segments);
            expect(values[slot]).toEqual(expected);
            expect(copies[slot]).toBe(expected === undefined ? '' : stringifyJson(expected));
          }
        }
      }),
      { numRuns: runs(100) },
    );
  });

  it('tells short strings apart that are alike but for a byte, whatever was read before', () => {
    const bodies = fc
      .tuple(fc.string({ minLength: 0, maxLength: 26 }), fc.nat(), fc.constantFrom('a', 'b', '"', '\\', 'é', '\n', ''))
      .map(([body, at, put]) => {
        const place = at % (body.length + 1);
        return body.slice(0, place) + put + body.slice(place + put.length);
      });
    const many = Array.from({ length: 6000 }, (_, index) => `key-${index % 3000}`);
    fc.assert(
      fc.property(fc.array(bodies, { minLength: 20, maxLength: 60 }), (alike) => {
        const all = [...alike, ...many, ...alike, 'a', 'aa', 'aaa', 'aaaa', 'aaaaa'];
        const lines = all.map((id) => JSON.stringify({ id }));
        expect(scanLines(lines).map(({ values }) => values[0])).toEqual(all);
      }),
      { numRuns: runs(5) },
    );
  });

  it('writes the elements of a list as full parsing finds them, each on a line of its own', () => {
    const element = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }).map((one) => JSON.stringify(one, null, 1).replaceAll('\n', ' ')),
      fc.constantFrom('1.0', '-0', '1e2', '12345678901234567890', '"\\u0041"', '"\\/"', '{"a":1,"a":2}'),
    );
    const list = fc.oneof(
      { weight: 8, arbitrary: fc.array(element, { maxLength: 5 }).map((all) => `[${all.join(' ,')}]`) },
      fc.constantFrom('null', '"[1,2]"', '{}', `[${Array.from({ length: 200 }, (_, index) => index).join(',')}]`),
    );
    // Members of many names are read without learning them.
    const line = fc.tuple(fc.nat(30), list).map(([index, text]) => `{"key-${index}":[1],"list":${text},"after":[2]}`);
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 40 }), (lines) => {
        const text = textOf(Buffer.from(lines.map((one) => `${one}\n`).join('')));
        const scanner = createScanner([['list']], 1000, 0);
        let start = 0;
        for (const one of lines) {
          const end = scanner.scan(text, start);
          expect(end).toBe(start + Buffer.byteLength(one));
          const into = new ByteWriter();
          const count = copyElements(scanner, 0, text, into);
          const parsed = at(parseJson(one), ['list']);
          const expected = Array.isArray(parsed) ? (parsed as readonly Json[]) : [];
          expect(into.take().toString()).toBe(expected.map((each) => `${stringifyJson(each)}\n`).join(''));
          expect(count).toBe(expected.length);
          start = end + 1;
        }
      }),
      { numRuns: runs(100) },
    );
  });

  it('finds a key whatever is in it, and never takes one for missing that is written with escapes', () => {
    const names = ['"', 'a"b', '\\', 'a\nb', 'a/b', '\u0001', 'é'];
    for (const name of names) {
      const key = JSON.stringify(name);
      for (const written of [
        key,
        key.replace('/', '\\/'),
        key.replace('\\n', '\\u000a'),
        key.replace('é', '\\u00e9'),
      ]) {
        const [found] = scanLines([`{"x":1,${written}:2}`], { pointers: [[name]] });
        if (found?.end !== -1) expect(found?.values, written).toEqual([2]);
      }
    }
    expect(scanLines(['{"a\\"b":2}', '{"x":1}'], { pointers: [['a"b']] }).map(({ values }) => values)).toEqual([
      [2],
      [undefined],
    ]);
  });

  it('accepts no line that full parsing rejects', () => {
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
      { numRuns: runs(2500) },
    );
  });

  it('accepts no broken line because it looks like one before', () => {
    const inserted = fc.constantFrom('', '"', ',', '}', ' ', '0', '\\', 'x');
    const damage = fc.record({ place: fc.nat(200), drop: fc.nat(2), insert: inserted });
    fc.assert(
      fc.property(event, damage, (value, { place, drop, insert }) => {
        const whole = JSON.stringify(value);
        const characters = Array.from(whole);
        characters.splice(place % (characters.length + 1), drop, insert);
        const broken = characters.join('');
        const [, found] = scanLines([whole, broken], { pointers: [...POINTERS, []] });
        if (found === undefined || found.end < 0) return;
        const parsed = parseJson(broken);
        expect(found.values).toEqual([...POINTERS.map((segments) => at(parsed, segments)), parsed]);
        expect(found.copies.at(-1)).toBe(stringifyJson(parsed));
      }),
      { numRuns: runs(500) },
    );
  });

  it('reads on when there is more to learn than it keeps', () => {
    const lines = Array.from({ length: 3000 }, (_, n) => {
      const by = `{"k${n}":1,"x${n % 7}":{"y${n}":[{"z${n}":0}]}}`;
      return `{"id":${n},"by":${by},"user":{"name":"u"}}`;
    });
    for (const [n, { values, copies }] of scanLines(lines, { pointers: [...POINTERS, []] }).entries()) {
      expect(values.slice(0, 2)).toEqual([n, 'u']);
      expect(copies.at(-1)).toBe(lines[n]);
    }
  });

  it.each(['{"x":1,"x":2}', '{"x":{"y":1,"y":2}}', '{"x":[{"y":1,"y":2}]}', '{"x":1,"\\u0078":2}'])(
    'prints of repeated keys the last one, as full parsing does: %s',
    (line) => {
      for (const { copies } of scanLines([line, line], { pointers: [[]] })) {
        expect(copies).toEqual([stringifyJson(parseJson(line))]);
      }
    },
  );

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
    '999999999',
    '1000000000',
    '-1767323045123',
    '1700000000000',
    '9007199254740991',
    '-9007199254740991',
    '9007199254740992',
    '1767323045123.5',
    '100',
    '1.0',
  ])('prints the number %s as full parsing does', (number) => {
    expect(scanLine(`{"id":${number}}`).copies[0]).toBe(stringifyJson(parseJson(number)));
  });
});
