import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compile, detectDialect, execute, operators, type Json } from 'computo-js';

/** The verdict, and the path of each marker. */
function verdict(script: Json): [string, ...string[]] {
  const { dialect, markers } = detectDialect(script);
  return [dialect, ...markers.map(({ path }) => path)];
}

const beyond = operators().filter(({ portable }) => !portable);

describe('detectDialect', () => {
  it('finds nothing in scripts that both dialects have', () => {
    for (const script of [
      ['+', 1, ['$input']],
      { a: ['get', 1, ''] },
      'text',
      ['map', { array: [1] }, ['lambda', ['x'], ['$', '/x']]],
      ['let', [['x', 1]], ['$', '/x']],
      ['obj'],
      ['-', 2, 1],
      ['%', 2],
    ]) {
      expect(verdict(script)).toEqual(['ambiguous']);
    }
  });

  it('takes no operator beyond the reference for a marker, but what only one dialect accepts in it', () => {
    for (const { name, dialects } of beyond) {
      expect(dialects, name).toEqual(['classic', 'current']);
      expect(verdict([name, ['$input'], 1])).toEqual(['ambiguous']);
    }
    expect(verdict(['value.walk', ['$input'], ['lambda', ['x'], ['get', ['$', '/x'], '/a']]])).toEqual([
      'classic',
      '/2/2',
    ]);
    expect(verdict(['value.or', ['$input', '/a'], ['list.sum', [1, 2]]])).toEqual(['current', '/1/1', '/2/1']);
    expect(verdict(['object.mapValues', ['$input'], ['if', 1, ['$', '/f'], ['$', '/g']]])).toEqual(['current', '/2']);
  });

  it('knows classic by its own operators and by obj with pairs', () => {
    expect(verdict(['get', ['$input'], '/a'])).toEqual(['classic', '']);
    expect(verdict(['+', 1, ['&&', 1]])).toEqual(['classic', '/2']);
    expect(verdict(['obj', ['a', 1]])).toEqual(['classic', '', '/1']);
    expect(verdict(['obj', ['a', 1], ['b', 2]])).toEqual(['classic', '/1']);
    expect(verdict(['obj', [['strConcat', 'a'], 1], ['count', 2]])).toEqual(['classic', '/1']);
  });

  it('knows current by its own operators and forms', () => {
    expect(verdict(['keys', {}])).toEqual(['current', '']);
    expect(verdict(['obj', 'a', 1])).toEqual(['current', '/1']);
    expect(verdict(['let', { x: 1 }, 2])).toEqual(['current', '/1']);
    expect(verdict([1, 2])).toEqual(['current', '']);
    expect(verdict([])).toEqual(['current', '']);
    expect(verdict(['count', []])).toEqual(['current', '/1']);
    expect(verdict(['-', 1])).toEqual(['current', '']);
    expect(verdict(['/', 1, 2, 3])).toEqual(['current', '']);
    expect(verdict(['%', 1, 2, 3])).toEqual(['current', '']);
    expect(verdict(['$', '/a/b'])).toEqual(['current', '/1']);
    expect(verdict(['$input', '/a'])).toEqual(['current', '/1']);
    expect(verdict(['$inputs', '/0'])).toEqual(['current', '/1']);
    expect(verdict(['map', ['$input'], ['if', 1, ['lambda', ['x'], 1], 2]])).toEqual(['current', '/2']);
  });

  it('takes a pair that is a call of current for either', () => {
    expect(verdict(['obj', ['strConcat', 'a'], ['count', ['$input']]])).toEqual(['ambiguous']);
  });

  it("takes a pair's string head for a key, never for a marker", () => {
    expect(verdict(['obj', ['keys', 1], ['values', ['get', 1, '']]])).toEqual(['classic', '/2/1']);
    expect(verdict(['obj', ['a', ['$input', '/x']]])).toEqual(['conflict', '', '/1', '/1/1/1']);
  });

  it('looks into {"array": …} for markers of classic only', () => {
    expect(
      verdict({
        array: [
          ['get', 1, ''],
          ['keys', {}],
          [1, 2],
        ],
      }),
    ).toEqual(['classic', '/array/0']);
    expect(verdict(['count', { array: [{ array: [['&&', ['keys', 1]]] }] }])).toEqual([
      'classic',
      '/1/array/0/array/0',
    ]);
    expect(verdict({ array: ['a', 'b'] })).toEqual(['ambiguous']);
  });

  it('does not look at what is never evaluated', () => {
    expect(verdict({ a: ['keys', 1], array: [['get', 1, '']] })).toEqual(['ambiguous']);
    expect(verdict(['nope', ['keys', 1]])).toEqual(['ambiguous']);
    expect(verdict(['sort', ['$input'], ['get', 1]])).toEqual(['current', '']);
    expect(verdict(['lambda', ['get'], 1])).toEqual(['ambiguous']);
  });

  it('looks into the expressions of let, the bodies of lambdas and both branches', () => {
    expect(verdict(['let', [['x', ['&&', 1]]], ['||', 1]])).toEqual(['classic', '/1/0/1', '/2']);
    expect(verdict(['filter', ['$input'], ['lambda', ['x'], ['and', 1]]])).toEqual(['current', '/2/2']);
    expect(verdict(['if', 1, ['keys', 1], ['keys', 1]])).toEqual(['current', '/2', '/3']);
  });

  it('reports a conflict with both places, and compile raises it unless told the dialect', () => {
    const script: Json = ['obj', 'a', ['get', ['$input'], '/x']];
    expect(verdict(script)).toEqual(['conflict', '/1', '/2']);
    expect(() => compile(script)).toThrow(/mixes dialects.*"\/2".*"\/1".*'dialect'/s);
    expect(() => execute(script, [{ x: 1 }], { dialect: 'current' })).toThrow(/no operator 'get'/);
  });

  it('lets a script without markers run as current', () => {
    expect(compile(['+', 1, 2]).dialect).toBe('current');
  });

  for (const dialect of ['classic', 'current'] as const) {
    it(`takes no working script of the reference engine for the other dialect: ${dialect}`, () => {
      const text = readFileSync(new URL(`../../fixtures/computo-js/${dialect}.jsonl`, import.meta.url), 'utf8');
      const other = dialect === 'classic' ? 'current' : 'classic';
      const wrong = text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as { script: Json; error?: string })
        .filter(({ script, error }) => error === undefined && detectDialect(script).dialect === other)
        .map(({ script }) => JSON.stringify(script));
      expect(wrong).toEqual([]);
    });
  }
});
