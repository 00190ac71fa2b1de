import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { check, ComputoError, execute, type Json } from 'computo-js';
import { readPattern } from '../../../src/computo-js/operators/regex/pattern.js';
import { patternWeight } from '../../../src/computo-js/operators/regex/weight.js';
import { chargeOf } from '../charge.js';
import { runs } from '../../support/runs.js';

const run = (name: string, ...args: Json[]): Json =>
  execute([name, ...args.map((_, at) => ['$inputs', `/${at}`])], args);

/** The value, or the kind of error. */
function outcome(name: string, ...args: Json[]): Json {
  try {
    return run(name, ...args);
  } catch (error) {
    if (error instanceof ComputoError) return error.kind;
    throw error;
  }
}

/**
 * Patterns that mean the same to V8, whose engine backtracks but is right. What is repeated always takes a character: of empty
 * repetitions engines think differently.
 */
const { pattern } = fc.letrec<{ pattern: string; solid: string }>((tie) => {
  const depth = { maxDepth: 4, withCrossShrink: true };
  const repeated = (signs: readonly string[]) =>
    fc.tuple(tie('solid'), fc.constantFrom(...signs)).map(([part, sign]) => `(?:${part})${sign}`);
  return {
    solid: fc.oneof(
      depth,
      fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\d', '\\w', 'é', '😀', '[😀-😎]'),
      fc.tuple(tie('solid'), tie('pattern')).map((parts) => parts.join('')),
      fc.tuple(tie('solid'), tie('solid')).map((parts) => `(?:${parts.join('|')})`),
      repeated(['+', '+?', '{2}', '{1,3}']),
    ),
    pattern: fc.oneof(
      depth,
      tie('solid'),
      fc.constantFrom('', '^', '$', '\\b'),
      fc.tuple(tie('pattern'), tie('pattern')).map((parts) => parts.join('')),
      fc.tuple(tie('pattern'), tie('pattern')).map((parts) => `(${parts.join('|')})`),
      repeated(['*', '*?', '?', '??', '{0,2}', '{0,2}?']),
    ),
  };
});
const text = fc
  .array(fc.constantFrom('a', 'b', '1', ' ', '\n', 'é', '😀', '😎', '_'), { maxLength: 12 })
  .map((parts) => parts.join(''));

describe('patterns', () => {
  it('find where V8 finds, and what it finds', () => {
    fc.assert(
      fc.property(pattern, text, (source, given) => {
        const found = [...given.matchAll(new RegExp(source, 'gu'))].map(([whole]) => whole);
        const split = given === '' ? [''] : given.split(new RegExp(withoutGroups(source), 'u'));
        expect(run('regex.test', given, source)).toBe(found.length > 0);
        expect(run('regex.findAll', given, source)).toEqual(found);
        expect(run('regex.split', given, source)).toEqual(split);
        expect(run('regex.replace', given, source, '<$0>')).toBe(given.replace(new RegExp(source, 'gu'), '<$&>'));
      }),
      { numRuns: runs(1000) },
    );
  });

  it('capture the groups that V8 captures', () => {
    fc.assert(
      fc.property(pattern, pattern, text, (first, second, given) => {
        const source = `(?<b>${withoutGroups(first)})|(?<a>${withoutGroups(second)})`;
        const groups = new RegExp(source, 'u').exec(given)?.groups;
        const expected = groups === undefined ? null : { b: groups['b'] ?? null, a: groups['a'] ?? null };
        expect(JSON.stringify(run('regex.capture', given, source))).toBe(JSON.stringify(expected));
      }),
      { numRuns: runs(1000) },
    );
  });

  it('are never compiled to more than what their text was weighed at', () => {
    const odd = fc.constantFrom(
      '[]a]{5}',
      '[^]a]{5}',
      '[[:alpha:]]]{5}',
      '[\\]]{5}',
      '\\Q{9}(\\E{3}',
      '\\pL{7}',
      'a{2,}',
      '(?i)k{9}',
      '{',
      'a{,2}',
      '(xy){3}',
    );
    const any = fc.array(fc.oneof(pattern, odd), { maxLength: 4 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(any, fc.constantFrom('', '{10}', '{1,10}', '{3,}'), (source, quantifier) => {
        const whole = `(?:${source})${quantifier}`;
        expect(patternWeight(whole) + 8).toBeGreaterThanOrEqual(readPattern(whole).size);
      }),
      { numRuns: runs(1000) },
    );
  });

  it('see code points, also where a surrogate stands alone', () => {
    expect(run('regex.findAll', '😀\ud83d\ude00\ude00', '.')).toEqual(['😀', '😀', '\ude00']);
    expect(run('regex.split', 'a\ud83db', '')).toEqual(['a', '\ud83d', 'b']);
    expect(run('regex.replace', '😀é', '', '-')).toBe('-😀-é-');
    expect(run('regex.test', '😀', '^[\\x{1F600}-\\x{1F64F}]$')).toBe(true);
  });
});

describe('a replacement', () => {
  it.each<[string, string]>([
    ['$2${x}', 'ba'],
    ['${2}${1}0', 'ba0'],
    ['$0$10', 'aba0'],
    ['$$1 $ ${ $& \\1', '$1 $ ${ $& \\1'],
  ])('%s of (?<x>a)(b) is %s', (by, expected) => {
    expect(run('regex.replace', 'ab', '(?<x>a)(b)', by)).toBe(expected);
  });

  it('refers to no group that is not there', () => {
    for (const by of ['$3', '${y}', '${3}']) {
      expect(outcome('regex.replace', 'ab', '(?<x>a)(b)', by)).toBe('InvalidArgument');
      const [problem] = check(['regex.replace', 'ab', '(?<x>a)(b)', by]);
      expect(problem).toMatchObject({ code: 'unknown-group', path: '/3', severity: 'error' });
    }
  });
});

describe('a pattern that cannot be', () => {
  it.each<[string, string]>([
    ['missing closing )', '('],
    ['RE2 cannot refer back', '(a)\\1'],
    ['RE2 cannot look ahead or behind', '(?<!a)b'],
    ['invalid repeat count', 'a{1001}'],
    ['too large', '(?:a{900}b)'.repeat(40)],
  ])('is reported: %s', (words, source) => {
    for (const operator of ['test', 'capture', 'findAll', 'split', 'replace']) {
      const more = operator === 'replace' ? [''] : [];
      const [problem] = check([`regex.${operator}`, 'a', source, ...more]);
      expect(problem).toMatchObject({ code: 'malformed-pattern', path: '/2', severity: 'error' });
      expect(problem?.message).toContain(words);
      expect(outcome(`regex.${operator}`, 'a', source, ...more)).toBe('InvalidArgument');
    }
  });
});

describe('work', () => {
  const a = (count: number, end = ''): string => 'a'.repeat(count) + end;

  it('is linear where other engines take years', () => {
    expect(run('regex.test', a(1_000_000, 'b'), '(a+)+$')).toBe(false);
    expect(run('regex.findAll', a(100_000, 'b'), '(a|a)*c')).toEqual([]);
    expect(run('regex.replace', a(100_000), '(a*)*', '')).toBe('');
  });

  it('is charged by what is read, which may be much more than what matches', () => {
    const shortOf = (count: number): number => chargeOf(['regex.findAll', ['$input'], 'a'], [a(count)], 'current');
    const farOf = (count: number): number => chargeOf(['regex.findAll', ['$input'], 'a*[bc]|a'], [a(count)], 'current');
    expect(shortOf(2000) / shortOf(1000)).toBeLessThan(2.2);
    expect(farOf(2000) / farOf(1000)).toBeGreaterThan(3.5);
    const script: Json = ['regex.findAll', ['$input'], 'a*[bc]|a'];
    expect(() => execute(script, [a(10_000)], { limits: { steps: 1_000_000 } })).toThrow('more than 1000000 steps');
  });

  it('grows with the pattern, and with reading one that comes from data', () => {
    const matching = (count: number): number =>
      chargeOf(['regex.test', ['$input'], `[ab]{${count}}c?`], [a(1000)], 'current');
    expect(matching(200) / matching(20)).toBeGreaterThan(8);
    const reading = (source: string): number => chargeOf(['regex.test', '', ['$input']], [source], 'current');
    expect(reading('[ab]{500}') / reading('[ab]{50}')).toBeGreaterThan(8);
    const written = (source: string): number => chargeOf(['regex.test', '', source], [], 'current');
    expect(written('[ab]{500}')).toBe(written('[ab]'));
  });
});

function withoutGroups(source: string): string {
  return source.replaceAll(/\((?!\?)/g, '(?:');
}
