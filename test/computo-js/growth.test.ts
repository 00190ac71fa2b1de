import { describe, expect, it } from 'vitest';
import { compileExpression } from '../../src/computo-js/compile/index.js';
import { parseScript } from '../../src/computo-js/dialect/index.js';
import type { Dialect, Json } from 'computo-js';

/** Whether a program is known to yield at most a thousand times its inputs. */
function isBounded(script: Json, dialect: Dialect = 'current'): boolean {
  const root = parseScript(script, dialect);
  const { copies } = compileExpression(root, 'root', {
    dialect,
    permuto: { interpolation: false, missing: 'ignore' },
    secrets: new Map(),
    tables: new Map(),
    trace: undefined,
    parse: (found, place) => parseScript(found, dialect, place),
    lambdas: new WeakMap(),
  });
  return copies < Infinity;
}

const x: Json = ['$', '/x'];
const items: Json = ['$input', '/items'];
const mapped = (body: Json): Json => ['map', items, ['lambda', ['x'], body]];
const reduced = (body: Json): Json => ['reduce', items, ['lambda', ['acc', 'x'], body], ['$input', '/first']];

describe('growth', () => {
  it('is bounded where each input is copied a fixed number of times', () => {
    for (const script of [
      ['$input'],
      5,
      ['obj', 'a', ['$input'], 'b', [['$inputs'], ['$input', '/x']]],
      ['let', { x: ['$input'] }, [x, x, x]],
      [
        'let',
        { x: ['$input'] },
        [
          'let',
          { y: [x, x] },
          [
            ['$', '/y'],
            ['$', '/y'],
          ],
        ],
      ],
      ['if', x, ['$input'], [['$input'], ['$input']]],
      mapped(['obj', 'a', ['$', '/x/a'], 'b', [x, x]]),
      ['filter', items, ['lambda', ['x'], ['some', items, ['lambda', ['y'], ['==', x, ['$', '/y']]]]]],
      ['map', mapped([x, x]), ['lambda', ['y'], [['$', '/y']]]],
      reduced(['+', ['$', '/acc'], x]),
      reduced(['append', ['$', '/acc'], [x]]),
      reduced(['if', ['<', ['$', '/acc'], x], ['$', '/acc'], x]),
      ['sort', ['append', items, items], '/a'],
      ['strConcat', ['$input'], ['join', items, ', ']],
      ['merge', ['$input'], ['pick', ['$input'], { array: ['a'] }]],
      ['text.split', ['text.lower', ['$input', '/text']], ','],
      mapped(['number.abs', ['number.parse', x]]),
      ['value.or', ['$input', '/a'], ['value.at', ['$input'], 'b'], ['value.try', ['$input', '/c'], 1]],
      ['value.merge', ['value.set', ['$input'], '/a', ['$input']], ['value.remove', ['$input'], '/b']],
      ['value.update', ['$input'], '/a', ['lambda', ['x'], [x, x]]],
      ['value.compact', ['list.slice', ['list.without', items, items], 1]],
      ['list.group', items, ['lambda', ['x'], ['$', '/x/k']]],
      ['list.flat', ['map', items, ['lambda', ['x'], ['object.entries', x]]]],
      ['object.mapValues', ['object.filter', ['$input'], ['lambda', ['x'], x]], ['lambda', ['x'], [x, x]]],
      ['object.mapKeys', ['object.rename', ['$input'], { a: 'b' }], ['lambda', ['x'], ['strConcat', x, x]]],
      mapped(['obj', 'n', ['list.sum', x], 't', ['value.type', x], 'h', ['value.has', ['$input'], 'a']]),
    ]) {
      expect(isBounded(script), JSON.stringify(script)).toBe(true);
    }
  });

  it('is not where an input is copied once for each element, or each copy is copied again', () => {
    const doubled = (levels: number): Json => (levels === 0 ? x : ['let', { x: [x, x] }, doubled(levels - 1)]);
    for (const script of [
      mapped([x, ['$input']]),
      ['let', { y: ['$input'] }, mapped([x, ['$', '/y']])],
      reduced([
        ['$', '/acc'],
        ['$', '/acc'],
      ]),
      reduced(['append', ['$', '/acc'], items]),
      ['let', { x: ['$input'] }, doubled(11)],
      ['join', items, ['$input', '/delimiter']],
      ['list.range', ['$input', '/n']],
      ['value.findAll', ['$input'], 'a'],
      ['value.walk', ['$input'], ['lambda', ['x'], [x, x]]],
      ['value.update', ['$input'], '/a', ['lambda', ['x'], ['$input']]],
      ['object.flatten', ['$input']],
      ['object.mapValues', ['$input'], ['lambda', ['x'], ['$input']]],
      ['list.group', items, ['lambda', ['x'], ['$input']]],
      ['map', items, ['$input', '/lambda']],
      ['text.repeat', ['$input', '/text'], 2],
      ['text.replace', ['$input', '/text'], 'a', ['$input', '/by']],
      mapped(['number.parse', ['$input', '/digits']]),
      ['let', { f: ['lambda', ['x'], [x, x]] }, ['map', items, ['$', '/f']]],
      x,
    ]) {
      expect(isBounded(script), JSON.stringify(script)).toBe(false);
    }
    expect(isBounded(['permuto.apply', ['$input'], ['$input']], 'classic')).toBe(false);
    expect(isBounded(['patch', ['$input'], ['get', ['$input'], '/patch']], 'classic')).toBe(false);
  });

  it('follows the variables of a sequential let', () => {
    const pairs = (levels: number): Json[] => [
      ['x', ['$input']],
      ...Array.from({ length: levels }, (): Json => ['x', { array: [x, x] }]),
    ];
    expect(isBounded(['let', pairs(5), x], 'classic')).toBe(true);
    expect(isBounded(['let', pairs(11), x], 'classic')).toBe(false);
  });
});
