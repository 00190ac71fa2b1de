import { NumberText } from 'computo-js';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../src/config/diagnostic/index.js';
import type { SourceDocument } from '../../../src/config/source/index.js';
import { parseYamlSource } from '../../../src/config/source/yaml.js';
import { placeOf, textAt } from './places.js';

const parse = (text: string): SourceDocument => parseYamlSource('a.yaml', text, 1000).document;

function errorOf(text: string): ConfigError {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('it is valid');
}

const problems = (text: string): string[] =>
  errorOf(text).diagnostics.map(({ line, column, code }) => `${line}:${column} ${code}`);

describe('YAML values', () => {
  it('keeps integers of any size and decimals that no double holds', () => {
    const { value } = parse(
      '[9007199254740993, 123456789012345678901234567890, 0.10000000000000000000000001, 1e400]',
    ).root;
    expect(value).toEqual([
      9007199254740993n,
      123456789012345678901234567890n,
      new NumberText('0.10000000000000000000000001'),
      new NumberText('1e400'),
    ]);
  });

  it('reads the ways of writing numbers that JSON has not', () => {
    expect(parse('[+12, .5, 1., 007, 0xff, 0o17, -0.50]').root.value).toEqual([12, 0.5, 1, 7, 255, 15, -0.5]);
  });

  it('takes yes, no, on and off as text, as YAML 1.2 says', () => {
    expect(parse('[yes, no, on, off, true, null, ~]').root.value).toEqual(['yes', 'no', 'on', 'off', true, null, null]);
  });

  it('takes dates and times of day as text', () => {
    expect(parse('enum: [2026-11-30, 2026-11-30T10:30:00Z, 10:30, 10:30:59, time]').root.value).toEqual({
      enum: ['2026-11-30', '2026-11-30T10:30:00Z', '10:30', '10:30:59', 'time'],
    });
  });

  it('reads a document that claims to be YAML 1.1 by the rules of 1.2', () => {
    expect(parse('%YAML 1.1\n---\na: yes\nb: 2001-01-01\n').root.value).toEqual({ a: 'yes', b: '2001-01-01' });
  });

  it('takes keys that are no text as they are written', () => {
    expect(Object.keys(parse('1: a\ntrue: b\n1.50: c\n').root.value as object)).toEqual(['1', 'true', '1.50']);
  });

  it('takes __proto__ and constructor as keys like any other', () => {
    const { value } = parse('__proto__: 1\nconstructor: 2\n').root;
    expect(Object.entries(value as object)).toEqual([
      ['__proto__', 1],
      ['constructor', 2],
    ]);
  });

  it('merges maps with <<, what is written here first', () => {
    const text = 'a: &a {x: 1, y: 2}\nb: &b {y: 3, z: 4}\nc: {<<: [*a, *b], x: 5}\nd: {x: 6, <<: *a}\n';
    expect(parse(text).root.value).toMatchObject({ c: { x: 5, y: 2, z: 4 }, d: { x: 6, y: 2 } });
  });

  it('takes "<<" in quotes as a key like any other', () => {
    expect(parse('"<<": 1').root.value).toEqual({ '<<': 1 });
  });

  it('takes the latest of equal anchors', () => {
    expect(parse('a: &x 1\nb: *x\nc: &x 2\nd: *x\n').root.value).toEqual({ a: 1, b: 1, c: 2, d: 2 });
  });
});

describe('YAML places', () => {
  it('points into block style', () => {
    const document = parse('a:\n  b:\n    - one\n    - two: 3\n');
    expect(placeOf(document, '/a/b/0')).toBe('3:7');
    expect(placeOf(document, '/a/b/1/two')).toBe('4:12');
    expect(placeOf(document, '/a/b/1/two', 'key')).toBe('4:7');
    expect(textAt(document, '/a/b', 'key')).toBe('b');
  });

  it('points into flow style', () => {
    const document = parse('a: {b: [one, {two: 3}], "c d": [\n  4]}\n');
    expect(textAt(document, '/a/b/1')).toBe('{two: 3}');
    expect(placeOf(document, '/a/b/1/two')).toBe('1:20');
    expect(placeOf(document, '/a/c d/0')).toBe('2:3');
    expect(textAt(document, '/a/c d', 'key')).toBe('"c d"');
  });

  it("points to the alias itself, and for what is within to the anchor's text", () => {
    const document = parse('a: &x\n  - 1\n  - {b: 2}\nc: *x\n');
    expect(placeOf(document, '/c')).toBe('4:4');
    expect(textAt(document, '/c')).toBe('*x');
    expect(placeOf(document, '/c/1/b')).toBe('3:9');
  });

  it('points a merged key to where it was written', () => {
    const document = parse('a: &x\n  b: 1\nc:\n  <<: *x\n  d: 2\n');
    expect(placeOf(document, '/c/b')).toBe('2:6');
    expect(placeOf(document, '/c/b', 'key')).toBe('2:3');
  });

  it('counts lines right with CRLF', () => {
    expect(placeOf(parse('a: 1\r\nb:\r\n  - 2\r\n'), '/b/0')).toBe('3:5');
  });

  it('falls back to the nearest part that exists', () => {
    expect(placeOf(parse('a:\n  b: 1\n'), '/a/x/y')).toBe('2:3');
    expect(placeOf(parse('a:\n  b: 1\n'), '/a/x', 'key')).toBe('1:1');
  });

  it('places a value that was left out at its key', () => {
    expect(placeOf(parse('a: 1\nb:\n'), '/b')).toMatch(/^2:/);
  });
});

describe('YAML mistakes', () => {
  it('names both places of a repeated key', () => {
    expect(() => parse('a: 1\nb: 2\na: 3\n')).toThrow('a.yaml:3:1: key "a" is here already, at 1:1');
  });

  it('finds every repeated key at once', () => {
    expect(problems('a: {x: 1, x: 2}\nb: {y: 1, y: 2}\n')).toEqual(['1:11 repeated-key', '2:11 repeated-key']);
  });

  it('refuses a second document', () => {
    expect(problems('a: 1\n---\nb: 2\n')).toEqual(['2:1 several-documents']);
  });

  it('says where the syntax is broken', () => {
    expect(problems('a: [1, 2\nb: 3\n')[0]).toMatch(/^2:1 syntax-error/);
    expect(problems('a: b: c\n')[0]).toMatch(/^1:4 syntax-error/);
    expect(problems('a:\n\t- 1\n')[0]).toMatch(/^2:1 syntax-error/);
  });

  it.each(['&&', '||', '>', '>=', '!=', '*', '%', '-'])('says that the operator %s needs quotes', (operator) => {
    const error = errorOf(`a: [${operator}, 1, 2]`);
    expect(error.diagnostics[0]?.hint).toBe(`an operator like this needs quotes: "${operator}"`);
  });

  it('says that a variable inside braces needs quotes, and nothing of what the parser makes of the rest', () => {
    const { diagnostics } = errorOf('server: { host: ${HOST}, port: 1 }\npipelines: { a: { stages: [] } }\n');
    expect(diagnostics.map(({ message, hint }) => [message, hint])).toEqual([
      ['unexpected flow-map-start at node end', 'inside { } and [ ], a value with ${HOST} in it stands in quotes'],
    ]);
  });

  it.each(['@', '`'])('says that text which starts with %s needs quotes', (sign) => {
    expect(errorOf(`a: [$input, ${sign}type]`).diagnostics[0]?.hint).toBe(`text that starts with ${sign} needs quotes`);
  });

  it('refuses aliases of anchors that are not there, and tags that it does not know', () => {
    expect(problems('a: *nope\n')).toEqual(['1:4 syntax-error']);
    expect(problems('a: !weird 1\n')).toEqual(['1:4 syntax-error']);
  });

  it('refuses what JSON cannot hold', () => {
    expect(problems('a: .nan\nb: -.inf\n? [x]\n: 1\n')).toEqual(['1:4 not-json', '2:4 not-json', '3:3 not-json']);
  });

  it('refuses a value that contains itself', () => {
    expect(problems('a: &x [1, *x]\n')).toEqual(['1:11 cycle']);
  });

  it('refuses aliases that grow like a bomb, in no time', () => {
    const lines = ['l0: &l0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let i = 1; i < 30; i++)
      lines.push(
        `l${i}: &l${i} [${Array(10)
          .fill(`*l${i - 1}`)
          .join(', ')}]`,
      );
    expect(problems(lines.join('\n'))[0]).toMatch(/too-many-aliases/);
  });

  it.each([
    ['flow lists', '['.repeat(10_000) + ']'.repeat(10_000)],
    ['unclosed flow lists', '['.repeat(10_000)],
    ['flow maps', '{a: '.repeat(10_000) + '}'.repeat(10_000)],
    ['block lists', '- '.repeat(10_000)],
    ['block maps', Array.from({ length: 1500 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')],
  ])('refuses %s nested thousands deep', (_, text) => {
    expect(problems(text)).toContainEqual(expect.stringMatching(/too-deep|syntax-error/));
  });

  it('refuses aliases that nest too deep', () => {
    const lines = ['l0: &l0 [x]'];
    for (let i = 1; i < 1200; i++) lines.push(`l${i}: &l${i} [*l${i - 1}]`);
    expect(problems(lines.join('\n'))[0]).toMatch(/too-deep/);
  });
});
