import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { check, compile, ComputoError, type Dialect, type Json, type TraceListener } from 'computo-js';

/** Code, severity and path of every problem, as one line each. */
function problems(script: Json, dialect: Dialect | 'auto' = 'auto'): string[] {
  return check(script, { dialect }).map(({ code, severity, path }) => `${severity} ${code} ${path}`);
}

describe('check', () => {
  it('finds nothing wrong with a good script', () => {
    const script = ['map', ['$input', '/items'], ['lambda', ['x'], ['+', ['$', '/x/n'], 1]]];
    expect(check(script)).toEqual([]);
  });

  it('reports every problem, not the first, in the order of the script', () => {
    expect(problems(['obj', 'a', ['plus', 1], 'b', ['+'], 'c', ['+', 1, 'x'], 'd', ['$', '/nope']])).toEqual([
      'error unknown-operator /2',
      'error wrong-arity /4',
      'error wrong-kind /6/2',
      'error undefined-variable /8',
    ]);
  });

  it('looks into branches that a run may never take, and into calls that can only fail', () => {
    expect(problems(['if', ['$input'], 1, ['if', ['nope']]])).toEqual([
      'error wrong-arity /3',
      'error unknown-operator /3/1',
    ]);
  });

  it('looks into calls and lists whose form is wrong', () => {
    expect(problems(['obj', 'k', ['/', 1, 0], 'j'], 'current')).toEqual([
      'error wrong-arity ',
      'error division-by-zero /2/2',
    ]);
    expect(problems(['map', ['$input', '/l'], ['lambda', 'x', ['$', '/x']]])).toEqual(['error lambda-parameters /2']);
    expect(problems([['get', 1], 2], 'classic')).toEqual(['error literal-array ', 'error wrong-arity /0']);
    expect(problems(['obj', ['count', 1], ['a']], 'classic')).toEqual(['error obj-pair /2']);
  });

  it('takes no name of one letter for another', () => {
    expect(check(['let', { x: 1 }, ['+', ['$', '/x'], ['$', '/y']]])[0]?.hint).toBe('Bound here: "x".');
  });

  it('suggests the operator that was probably meant', () => {
    expect(check(['mpa', [1], 2])[0]).toMatchObject({ code: 'unknown-operator', hint: "Did you mean 'map'?" });
    expect(check(['fliter', [1], 2])[0]).toMatchObject({ hint: "Did you mean 'filter'?" });
  });

  it('says when the other dialect has the operator', () => {
    expect(check(['get', 1, '/a'], { dialect: 'current' })[0]?.hint).toContain('{ dialect: classic }');
  });

  it('explains a list of strings that was meant as data', () => {
    expect(check(['red', 'green', 'blue'])[0]?.hint).toContain('{"array": […]}');
  });

  it('knows which variables are bound', () => {
    expect(problems(['let', { total: 1 }, ['$', '/totl']])).toEqual([
      'warning unused-binding /1/total',
      'error undefined-variable /2',
    ]);
    expect(check(['let', { total: 1 }, ['$', '/totl']])[1]?.hint).toBe('Did you mean "total"?');
  });

  it('binds the variables of one let together in current, one after the other in classic', () => {
    const pairs: Json = [
      ['x', 1],
      ['y', ['$', '/x']],
    ];
    const script = ['let', pairs, ['+', ['$', '/x'], ['$', '/y']]];
    expect(problems(script, 'current')).toEqual(['error undefined-variable /1/1/1']);
    expect(problems(script, 'classic')).toEqual([]);
  });

  it('raises no alarm where scope is dynamic: a lambda in a variable sees what its caller sees', () => {
    const script = [
      'let',
      { f: ['lambda', ['x'], ['+', ['$', '/x'], ['$', '/n']]] },
      ['let', { n: 1 }, ['map', [1], ['$', '/f']]],
    ];
    expect(problems(script)).toEqual([]);
    expect(compile(script).run([])).toEqual([2]);
  });

  it('only warns of a name that nothing binds, where a caller might', () => {
    const script = ['let', { f: ['lambda', ['x'], ['$', '/y']] }, ['map', [], ['$', '/f']]];
    expect(problems(script)).toEqual(['warning unknown-variable /1/f/2']);
  });

  it('counts a reference inside a lambda that is data', () => {
    expect(problems(['let', { n: 1 }, ['map', [1], { array: [['x'], ['+', ['$', '/x'], ['$', '/n']]] }]])).toEqual([]);
  });

  it('checks pointers', () => {
    expect(problems(['$input', 'a'], 'current')).toEqual(['error malformed-pointer /1']);
    expect(problems(['$input', ''], 'current')).toEqual(['error malformed-pointer /1']);
    expect(problems(['$', 'x'], 'current')).toEqual(['error malformed-pointer /1']);
    expect(problems(['get', ['$input'], 'a'])).toEqual(['error malformed-pointer /2']);
    expect(problems(['get', ['$input'], ''])).toEqual([]);
  });

  it('checks lambdas: that there is one, and its number of parameters', () => {
    expect(problems(['map', [1], 5])).toEqual(['error no-lambda /2']);
    expect(problems(['map', [1], ['lambda', ['a', 'b'], 1]])).toEqual(['error lambda-arity /2']);
    expect(problems(['reduce', [1], ['lambda', ['a'], 1], 0])).toEqual(['error lambda-arity /2']);
    expect(problems(['zipWith', { array: [] }, { array: [] }, ['lambda', ['a'], 1]])).toEqual([
      'error lambda-arity /3',
    ]);
    expect(problems(['mapWithIndex', { array: [] }, ['lambda', ['a'], 1]])).toEqual(['error lambda-arity /2']);
    expect(problems(['map', [1], ['lambda', 'x', 1]])).toEqual(['error lambda-parameters /2']);
    expect(problems(['map', { array: [1] }, 'f'], 'classic')).toEqual(['error no-lambda /2']);
  });

  it('checks what is divided by', () => {
    expect(problems(['/', 1, 0])).toEqual(['error division-by-zero /2']);
    expect(problems(['%', 1, 0.0])).toEqual(['error division-by-zero /2']);
    expect(problems(['/', 0])).toEqual(['error division-by-zero /1']);
    expect(problems(['/', 0, 1])).toEqual([]);
    expect(problems(['%', 1.5, 2], 'classic')).toEqual(['error fraction /1']);
  });

  it('checks options that are not evaluated', () => {
    expect(problems(['sort', [], 'up'])).toEqual(['error sort-option /2']);
    expect(problems(['sort', [], 'asc', '/a'])).toEqual(['error sort-option /2']);
    expect(problems(['sort', [], '/a', ['/b', 'down']])).toEqual(['error sort-option /3']);
    expect(problems(['uniqueSorted', [], 'first'])).toEqual(['error unique-sorted-option /2']);
    expect(problems(['uniqueSorted', [], 'lasts', '/a'])).toEqual(['error unique-sorted-option /2']);
    expect(problems(['chunk', { array: [] }, 0])).toEqual(['error chunk-size /2']);
    expect(problems(['approx', 1, 2, -1])).toEqual(['error negative-tolerance /3']);
  });

  it('warns of what works, but hardly as meant', () => {
    expect(problems(['if', true, 1, 2])).toEqual(['warning unreachable-branch /3']);
    expect(problems(['if', [], 1, 2])).toEqual(['warning unreachable-branch /2']);
    expect(problems(['obj', 'a', 1, 'a', 2])).toEqual(['warning duplicate-key /3']);
    expect(
      problems(
        [
          'let',
          [
            ['x', 1],
            ['x', 2],
          ],
          ['$', '/x'],
        ],
        'current',
      ),
    ).toEqual(['warning duplicate-binding /1/0']);
    expect(problems(['<', ['$input'], 5, 'x'])).toEqual(['warning wrong-kind /3']);
  });

  it('names both places where dialects are mixed', () => {
    expect(problems(['obj', 'a', ['get', ['$input'], '/x']])).toEqual([
      'error dialect-conflict /2',
      'error dialect-conflict /1',
    ]);
  });

  it('takes what stands for an array in current', () => {
    expect(problems(['count', { array: [1], more: 2 }], 'current')).toEqual([]);
    expect(problems(['count', { a: 1 }], 'current')).toEqual(['error wrong-kind /1']);
    expect(problems(['count', ['obj', 'array', [1]]], 'current')).toEqual([]);
    expect(problems(['count', ['strConcat', 'a']], 'current')).toEqual(['error wrong-kind /1']);
  });

  it('refuses operators beyond the reference, on request', () => {
    const portable = (script: Json, dialect: Dialect | 'auto' = 'auto'): string[] =>
      check(script, { dialect, portable: true }).map(({ code, severity, path }) => `${severity} ${code} ${path}`);
    const beyond: Json = ['map', ['$input'], ['lambda', ['x'], ['value.or', ['$', '/x/a'], ['list.sum', ['$', '/x']]]]];
    expect(portable(beyond)).toEqual(['error not-portable /2/2', 'error not-portable /2/2/2']);
    expect(problems(beyond)).toEqual([]);
    expect(check(beyond, { portable: true })[0]?.message).toContain("'value.or'");
    expect(portable(['permuto.apply', {}, ['$input']], 'classic')).toEqual([]);
    expect(portable(['merge', ['$input'], {}])).toEqual([]);
  });

  for (const dialect of ['classic', 'current'] as const) {
    it(`never blames a call that works: ${dialect}`, () => {
      expect(falseAlarms(dialect)).toEqual([]);
    });
  }
});

/** Calls of the reference scripts that were evaluated, yielded a value, and yet are said to fail. */
function falseAlarms(dialect: Dialect): string[] {
  const text = readFileSync(new URL(`../../fixtures/computo-js/${dialect}.jsonl`, import.meta.url), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .flatMap((line, index) => {
      const { script, inputs } = JSON.parse(line) as { script: Json; inputs: Json[] };
      const worked = workingCalls(script, inputs, dialect);
      return check(script, { dialect })
        .filter(({ severity, code, path }) => severity === 'error' && worked.has(blamed(code, path)))
        .map(({ code, path }) => `line ${index + 1}: ${code} at ${path}`);
    });
}

function workingCalls(script: Json, inputs: Json[], dialect: Dialect): Set<string> {
  const worked = new Set<string>();
  try {
    const trace: TraceListener = ({ path, error }) => {
      if (error === undefined) worked.add(path);
    };
    compile(script, { dialect, trace }).run(inputs);
  } catch (error) {
    if (!(error instanceof ComputoError)) throw error;
  }
  return worked;
}

/** Problems whose path is an argument of the call that fails; that of all others is the call. */
const OF_ARGUMENTS = new Set([
  'wrong-kind',
  'malformed-pointer',
  'division-by-zero',
  'fraction',
  'sort-option',
  'unique-sorted-option',
  'chunk-size',
  'negative-tolerance',
  'lambda-arity',
  'no-lambda',
  'empty-array',
]);

/** The call that a problem says must fail. */
function blamed(code: string, path: string): string {
  return OF_ARGUMENTS.has(code) ? path.slice(0, path.lastIndexOf('/')) : path;
}
