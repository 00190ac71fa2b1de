import { describe, expect, it } from 'vitest';
import { check, compile, execute, type Json } from 'computo-js';
import { someOf } from '../support/runs.js';
import { describeDepth, kindRaised, nested } from './deep.js';

describeDepth(20_000);

describe('thousands of levels of anything else', () => {
  const wraps: Record<string, (inner: Json) => Json> = {
    sums: (inner) => ['+', 1, inner],
    arrays: (inner) => [inner],
    conditions: (inner) => ['if', inner, 1, 2],
    bindings: (inner) => ['let', [['x', inner]], 1],
    lambdas: (inner) => ['map', { array: [1] }, ['lambda', ['x'], inner]],
    'array objects': (inner) => ({ array: [inner] }),
    'members, classic': (inner) => ['obj', ['k', inner]],
    'members, current': (inner) => ['obj', 'k', inner],
    'wrong calls': (inner) => ['not', inner, 1],
    comparisons: (inner) => ['==', 1, inner],
    concatenations: (inner) => ['strConcat', 'a', inner],
    conjunctions: (inner) => ['not', ['not', inner]],
    appends: (inner) => ['cons', 1, ['append', { array: [] }, inner]],
    lookups: (inner) => ['get', inner, ''],
    'upper-case texts': (inner) => ['text.upper', inner],
    slices: (inner) => ['text.slice', inner, 0],
    'replaced patterns': (inner) => ['regex.replace', inner, 'a', ''],
    'rounded numbers': (inner) => ['number.round', 1, inner],
    fallbacks: (inner) => ['value.or', inner, 1],
    'fallbacks of reads': (inner) => ['value.or', ['value.at', inner, 'a'], 1],
    attempts: (inner) => ['value.try', inner, 1],
    keys: (inner) => ['value.at', { a: 1 }, inner],
    walks: (inner) => ['value.walk', 1, ['lambda', ['x'], inner]],
    changes: (inner) => ['value.set', {}, inner, 1],
    indices: (inner) => ['list.slice', { array: [1] }, inner],
  };
  for (const [index, [name, wrap]] of Object.entries(wraps).entries()) {
    it(`are a value or an error, never a crash: ${name}`, () => {
      const script = nested(['$input'], wrap, 6000);
      for (const dialect of ['classic', 'current'] as const) {
        const kind = kindRaised(() => execute(script, [1], { dialect }));
        expect(['LimitExceeded', 'InvalidArgument', 'InvalidOperator', 'nothing']).toContain(kind);
      }
      // It takes long: the quick suite checks one script as classic, the next as current.
      const dialects = index % 2 === 0 ? (['classic', 'current'] as const) : (['current', 'classic'] as const);
      for (const dialect of someOf(dialects, 1)) expect(check(script, { dialect })).toBeInstanceOf(Array);
    });

    it(`run without exhausting the stack up to the limit: ${name}`, () => {
      for (const levels of [1100, 1750, 2200, 4400]) {
        for (const dialect of ['classic', 'current'] as const) {
          const script = nested(['$input'], wrap, levels);
          const kind = kindRaised(() => execute(script, [1], { dialect }));
          expect(['LimitExceeded', 'InvalidArgument', 'InvalidOperator', 'nothing']).toContain(kind);
        }
      }
    });
  }

  it('are LimitExceeded for a sum, located where the nesting gets too deep', () => {
    const script = nested(1, (inner) => ['+', 1, inner], 20_000);
    expect(kindRaised(() => execute(script, []))).toBe('LimitExceeded');
    const [problem] = check(script);
    expect(problem).toMatchObject({ code: 'limit-exceeded', severity: 'error' });
    expect(problem?.path).toMatch(/^(?:\/2)+$/);
  });

  it('raise nothing where they are never reached', () => {
    const script = nested(1, (inner) => ['+', 1, inner], 20_000);
    expect(execute(['if', ['$input'], 'short', script], [true])).toBe('short');
  });
});

describe('recursion', () => {
  const countDown: Json = [
    'let',
    {
      f: [
        'lambda',
        ['n'],
        ['if', ['>', ['$', '/n'], 0], ['car', ['map', [['-', ['$', '/n'], 1]], ['$', '/f']]], 'done'],
      ],
    },
    ['car', ['map', [['$input']], ['$', '/f']]],
  ];

  it('goes 1,000 levels deep by a variable that holds the lambda', () => {
    expect(execute(countDown, [1000])).toBe('done');
  });

  it('ends with LimitExceeded when it goes too deep', () => {
    expect(kindRaised(() => execute(countDown, [1_000_000]))).toBe('LimitExceeded');
    expect(kindRaised(() => execute(countDown, [50], { limits: { depth: 20 } }))).toBe('LimitExceeded');
    expect(execute(countDown, [10], { limits: { depth: 20 } })).toBe('done');
  });

  it('that branches ends with LimitExceeded when it takes too many steps', () => {
    const twice: Json = ['let', { f: ['lambda', ['n'], ['map', [1, 2], ['$', '/f']]] }, ['map', [1], ['$', '/f']]];
    expect(kindRaised(() => execute(twice, [], { limits: { depth: 100, steps: 100_000 } }))).toBe('LimitExceeded');
    const wide: Json = [
      'let',
      {
        f: [
          'lambda',
          ['n'],
          [
            'if',
            ['>', ['$', '/n'], 0],
            [
              'map',
              [
                ['-', ['$', '/n'], 1],
                ['-', ['$', '/n'], 1],
              ],
              ['$', '/f'],
            ],
            0,
          ],
        ],
      },
      ['map', [40], ['$', '/f']],
    ];
    expect(kindRaised(() => execute(wide, [], { limits: { steps: 100_000 } }))).toBe('LimitExceeded');
  });
});

describe('growth', () => {
  const times = (count: number): Json => ({ array: Array.from({ length: count }, (_, index) => index) });
  const doubling = (body: Json, initial: Json): Json => ['reduce', times(80), ['lambda', ['acc', 'x'], body], initial];
  const acc: Json = ['$', '/acc'];
  const scripts: Record<string, Json> = {
    strings: doubling(['strConcat', acc, acc], 'ab'),
    arrays: doubling(['append', acc, acc], { array: [1, 2] }),
    'shared arrays': doubling([acc, acc], 'x'),
    'shared members': doubling(['obj', 'a', acc, 'b', acc], 'x'),
    integers: doubling(['*', acc, acc], 12),
    'joined text': doubling(['join', [acc, acc], ','], 'ab'),
    'text of shared values': ['strConcat', doubling([acc, acc], 'x')],
    'maps in maps': [
      'map',
      times(3000),
      ['lambda', ['x'], ['map', times(3000), ['lambda', ['y'], ['map', times(3000), ['lambda', ['z'], 1]]]]],
    ],
  };
  for (const [name, script] of Object.entries(scripts)) {
    it(`ends with LimitExceeded before memory does: ${name}`, () => {
      const limits = { outputSize: 1_000_000 };
      expect(kindRaised(() => execute(script, [], { dialect: 'current', limits }))).toBe('LimitExceeded');
    });
  }

  it('of a result is measured where it is written out, not where it is shared', () => {
    const shared = (count: number): Json => ['reduce', times(count), ['lambda', ['acc', 'x'], [acc, acc]], 'x'];
    expect(kindRaised(() => execute(shared(8), [], { limits: { outputSize: 1000 } }))).toBe('nothing');
    expect(kindRaised(() => execute(shared(12), [], { limits: { outputSize: 1000 } }))).toBe('LimitExceeded');
  });

  it('is counted per run, not per program', () => {
    const program = compile(['map', ['$input'], ['lambda', ['x'], ['+', ['$', '/x'], 1]]], {
      limits: { outputSize: 10, steps: 20 },
    });
    for (let run = 0; run < 100; run++) expect(program.run([[1, 2, 3]])).toEqual([2, 3, 4]);
  });

  it('names what to raise', () => {
    const script: Json = ['map', ['$input'], ['lambda', ['x'], 1]];
    expect(() => execute(script, [[1, 2, 3]], { limits: { outputSize: 2 } })).toThrow(/Raise the limit `outputSize`/);
    expect(() => execute(script, [[1, 2, 3]], { limits: { steps: 2 } })).toThrow(/Raise the limit `steps`/);
  });
});
