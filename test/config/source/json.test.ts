import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson } from '../../../src/json/index.js';
import { ConfigError } from '../../../src/config/diagnostic/index.js';
import { parseJsonSource, type SourceDocument } from '../../../src/config/source/index.js';
import { placeOf, textAt } from './places.js';

const OPTIONS = { depthMax: 1000, repeatedKeys: 'error' } as const;
const parse = (text: string): SourceDocument => parseJsonSource('a.json', text, OPTIONS).document;

function problem(text: string): string {
  try {
    parse(text);
    return 'none';
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.diagnostics
      .map(({ line, column, code, message }) => `${line}:${column} ${code}: ${message}`)
      .join('\n');
  }
}

describe('JSON with comments', () => {
  it('reads comments and trailing commas', () => {
    expect(parse('// one\n{"a": [1, 2,], /* two */ "b": {},}\n').root.value).toEqual({ a: [1, 2], b: {} });
  });

  it('keeps numbers exact and keys in their order', () => {
    const { value } = parse('{"10": 9007199254740993, "9": 1}').root;
    expect(value).toEqual({ 10: 9007199254740993n, 9: 1 });
    expect(Object.keys(value as object)).toEqual(['10', '9']);
  });

  it('agrees with the exact parser on any JSON', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(parse(text).root.value).toEqual(parseJson(text));
      }),
    );
  });

  it('places every part', () => {
    const document = parse('{\n  "a": [1,\n    {"b": null}]\n}');
    expect(placeOf(document, '/a/1/b')).toBe('3:11');
    expect(placeOf(document, '/a/1/b', 'key')).toBe('3:6');
    expect(textAt(document, '/a/1')).toBe('{"b": null}');
    expect(textAt(document, '')).toBe('{\n  "a": [1,\n    {"b": null}]\n}');
  });

  it('needs no stack for deep nesting', () => {
    const text = '['.repeat(200_000) + ']'.repeat(200_000);
    expect(parseJsonSource('a.json', text, { ...OPTIONS, depthMax: 1_000_000 }).document.root.items).toHaveLength(1);
  });
});

describe('mistakes in JSON', () => {
  it.each([
    ['{"a": 1 "b": 2}', "1:9 syntax-error: unexpected string \"b\" where ',' or '}' should be"],
    ['[1, 2', "1:6 syntax-error: the text ends where ',' or ']' should be"],
    ['', '1:1 syntax-error: the text ends where a value should be'],
    ['{a: 1}', '1:2 syntax-error: unexpected "a" where a key in quotes should be'],
    ["['x']", '1:2 syntax-error: unexpected "\'x\'" where a value should be'],
    ['[1] 2', '1:5 syntax-error: unexpected number 2 after the end of the value'],
    ['"abc', '1:1 syntax-error: a string that does not end on its line'],
    ['[1, /* x', '1:5 syntax-error: a comment that does not end'],
    ['[1.]', '1:2 syntax-error: a number that breaks off'],
    ['["\\x"]', '1:2 syntax-error: an unknown escape in a string'],
    ['[,]', "1:2 syntax-error: unexpected ',' where a value should be"],
    ['{"a": 1,\n "a": 2}', '2:2 repeated-key: key "a" is here already, at 1:2'],
  ])('%s', (text, expected) => {
    expect(problem(text)).toBe(expected);
  });

  it('refuses nesting beyond the limit, at the place where it is passed', () => {
    expect(problem('['.repeat(10_000))).toBe('1:1001 too-deep: nested deeper than 1000 levels');
  });

  it('only warns of repeated keys where those are allowed', () => {
    const { document, warnings } = parseJsonSource('a.json', '{"a": 1, "a": 2}', {
      ...OPTIONS,
      repeatedKeys: 'warning',
    });
    expect(document.root.value).toEqual({ a: 2 });
    expect(warnings.map(({ severity, column }) => `${severity} ${column}`)).toEqual(['warning 10']);
  });

  it('places every mistake within the text', () => {
    const broken = fc
      .tuple(fc.json(), fc.nat(), fc.constantFrom('', ',', ':', '"', '[', '}', 'x', '\\', '\n', '/*'))
      .map(
        ([text, at, piece]) => text.slice(0, at % (text.length + 1)) + piece + text.slice((at % (text.length + 1)) + 1),
      );
    fc.assert(
      fc.property(broken, (text) => {
        try {
          parse(text);
        } catch (error) {
          if (!(error instanceof ConfigError)) throw error;
          for (const { line, column } of error.diagnostics) {
            const lines = text.split('\n');
            expect(line).toBeLessThanOrEqual(lines.length);
            expect(column).toBeLessThanOrEqual((lines[line - 1] ?? '').length + 1);
          }
        }
      }),
    );
  });
});
