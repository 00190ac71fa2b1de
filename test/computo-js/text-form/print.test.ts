import { readFileSync } from 'node:fs';
import { equal, parseExactly, parseText, printText, type Json, type JsonObject } from 'computo-js';
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { each, runs } from '../../support/runs.js';

function scriptsOf(file: string): Json[] {
  const path = new URL(`../../../fixtures/computo-js/${file}`, import.meta.url);
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  return lines.flatMap((line) => (parseExactly(line, Infinity) as JsonObject)['script'] ?? []);
}

function roundTrips(script: Json): void {
  const text = printText(script);
  const again = parseText(text).script;
  expect(equal(again, script), text).toBe(true);
  expect(printText(again)).toBe(text);
}

describe('printText', () => {
  it.each(['current.jsonl', 'classic.jsonl', 'text.jsonl', 'operators.jsonl'])('says every script of %s', (file) => {
    scriptsOf(file).forEach(roundTrips);
  });

  it('says every script', () => {
    fc.assert(fc.property(anyScript, roundTrips), { numRuns: runs(250, 16_000) });
  });

  it.each([
    [{ array: ['a', { array: [1] }] }, '["a", {array: [1]}]'],
    [['obj', 'id', ['$input', '/id'], 'who', ['$input', '/user/name']], '{/id, who: /user/name}'],
    [['obj', 'b', ['$input', '/a/b'], 'x', ['$', '/x'], 'in', 1], '{/a/b, x, in: 1}'],
    [['obj', 'a', 1], 'obj("a", 1)'],
    [['obj', 'array', { array: [1] }], 'obj("array", [1])'],
    [['+', ['+', 1, 2], 3], '(1 + 2) + 3'],
    [['-', ['-', 5]], '- - 5'],
    [['-', ['-', ['$', '/x']]], '- -x'],
    [['*', ['+', 1, 2], ['not', true]], '(1 + 2) * (not true)'],
    [
      ['map', ['filter', ['$input', '/a'], ['lambda', ['i'], true]], ['lambda', ['i'], ['$', '/i/n']]],
      '/a |> filter(i => true) |> map(i => i/n)',
    ],
    [['value.at', ['$', '/x'], 'a'], 'x["a"]'],
    [['value.at', ['$', '/x'], 'a', 0], '(x)/a/0'],
    [['value.at', ['f'], 'a', '0'], 'f()/a/"0"'],
    [['sort', ['$input'], ['/n', 'desc']], 'sort($input, ["/n", "desc"])'],
    [['let', { a: 1 }, ['$', '/a']], '`["let",{"a":1},["$","/a"]]`'],
    [[], '`[]`'],
  ] as readonly (readonly [Json, string])[])('prints %j as %s', (script, text) => {
    expect(printText(script)).toBe(text);
    roundTrips(script);
  });

  each(1)([Infinity, 80])('prints what is nested deeply, %j columns wide', (width) => {
    let script: Json = ['$input'];
    for (let depth = 0; depth < 100_000; depth++) script = depth % 2 === 0 ? ['+', script, 1] : ['f', script];
    expect(parseText(printText(script, width)).script).toHaveLength(2);
  });

  it('says the same in whatever width, and the same way each time', () => {
    fc.assert(
      fc.property(anyScript, fc.integer({ min: 0, max: 120 }), (script, width) => {
        const text = printText(script, width);
        const again = parseText(text).script;
        expect(equal(again, script), text).toBe(true);
        expect(printText(again, width)).toBe(text);
        // What has room on one line is on one line.
        const oneLine = printText(script);
        if (oneLine.length <= width) expect(text).toBe(oneLine);
      }),
      { numRuns: runs(250, 16_000) },
    );
  });

  it.each([
    [20, '{a: 1, b: /items |> map(i => i/n)}', '{\n  a: 1,\n  b: /items\n    |> map(i => i/n),\n}'],
    [12, 'let a = 1, b = 2 in a + b', 'let a = 1,\n    b = 2\nin a + b'],
    [16, 'if /a > 1 then "x" else "y"', 'if /a > 1\n  then "x"\n  else "y"'],
    [10, '/aaaa ++ /b ++ /c', '/aaaa\n  ++ /b\n  ++ /c'],
    [10, 'f(/aaaa, [1, 2, 3])', 'f(\n  /aaaa,\n  [\n    1,\n    2,\n    3,\n  ],\n)'],
  ])('breaks lines at %i columns: %s', (width, text, expected) => {
    expect(printText(parseText(text).script, width)).toBe(expected);
  });
});

const names = fc.constantFrom('x', 'in', 'a b', 'array', '0', '01', '', 'map', '$input', '~', '/', '`', '-', 'é');
const scalars = fc.oneof(
  names,
  fc.integer({ min: -20, max: 20 }),
  fc.boolean(),
  fc.constant(null),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const operatorNames = fc.constantFrom(
  '+',
  '-',
  '*',
  '/',
  '%',
  '++',
  'strConcat',
  'and',
  'or',
  'not',
  '==',
  '<',
  'value.or',
  'value.at',
  'obj',
  'if',
  'let',
  'lambda',
  'map',
  'sort',
  'cons',
  'count',
  '$',
  '$input',
  '$inputs',
  'text.of',
  'f',
);
const pointers = fc
  .array(names, { maxLength: 3 })
  .map((parts) => parts.map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join(''));

const { any: anyScript } = fc.letrec<{ any: Json }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 5, depthSize: 'medium' },
    scalars,
    fc.tuple(fc.constantFrom('$', '$input', '$inputs'), pointers),
    fc.tuple(operatorNames, fc.array(tie('any'), { maxLength: 4 })).map(([operator, given]) => [operator, ...given]),
    fc.tuple(fc.array(names, { maxLength: 2 }), tie('any')).map(([parameters, body]) => ['lambda', parameters, body]),
    fc
      .tuple(fc.array(fc.tuple(names, tie('any')), { maxLength: 2 }), tie('any'))
      .map(([bindings, body]) => ['let', bindings, body]),
    fc.array(fc.tuple(names, tie('any')), { maxLength: 2 }).map((pairs) => ['obj', ...pairs.flat()]),
    fc.array(tie('any'), { maxLength: 3 }),
    fc.array(tie('any'), { maxLength: 3 }).map((array) => ({ array })),
    fc.dictionary(names, tie('any'), { maxKeys: 3 }),
  ),
}));
