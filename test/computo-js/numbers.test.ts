import { describe, expect, it } from 'vitest';
import {
  compareNumbers,
  ComputoError,
  equal,
  execute,
  isTruthy,
  NumberText,
  stringify,
  type Dialect,
  type Json,
} from 'computo-js';

function yields(script: Json, expected: Json, dialect: Dialect = 'current'): void {
  expect(stringify(execute(script, [], { dialect }))).toBe(stringify(expected));
}

function kindOf(script: Json, inputs: Json[] = []): string {
  try {
    return stringify(execute(script, inputs));
  } catch (error) {
    if (error instanceof ComputoError) return error.kind;
    throw error;
  }
}

const BIG = 9007199254740993n;

describe('arithmetic on integers', () => {
  it('is exact at any size', () => {
    yields(['+', 9007199254740991, 2], BIG);
    yields(['-', BIG, 1], 9007199254740992n);
    yields(['-', BIG, 2], 9007199254740991);
    yields(['*', 3037000500, 3037000500], 9223372037000250000n);
    yields(['*', BIG, BIG, BIG], BIG ** 3n);
    yields(['/', BIG * 7n, BIG], 7);
    yields(['/', BIG * BIG, BIG], BIG);
    yields(['%', BIG, 10], 3);
    yields(['%', -BIG, 10], -3);
    yields(['-', BIG], -BIG);
  });

  it('takes a float with an integral value as an integer, by the decimal value that it prints', () => {
    yields(['+', 1e30, 1], 10n ** 30n + 1n);
    yields(['==', 1e30, 10n ** 30n], true);
    yields(['%', 1e22, 7], Number(10n ** 22n % 7n));
    yields(['%', 4.0, 2], 0, 'classic');
  });

  it('becomes floating with the first float', () => {
    yields(['+', BIG, 0.5], Number(BIG));
    yields(['/', BIG, 2], 4503599627370496.5);
    yields(['/', 1, 3], 1 / 3);
  });

  it('divides integers that no double holds to the nearest double', () => {
    yields(['/', 10n ** 400n + 1n, 3n * 10n ** 399n], 10 / 3);
    yields(['/', 3n, 10n ** 320n], 3e-320);
  });

  it('has no negative zero', () => {
    for (const script of [
      ['*', 0, -1],
      ['-', 0],
      ['%', -4, 2],
      ['/', 0, -5],
      ['+', -0, -0],
    ]) {
      expect(Object.is(execute(script, [], { dialect: 'current' }), 0), JSON.stringify(script)).toBe(true);
    }
  });

  it('raises what is not a finite number, and integers without end', () => {
    expect(kindOf(['*', 1.5e300, 1.5e300])).toBe(String(225n * 10n ** 598n));
    expect(kindOf(['*', 1.5e300, 1.5e300, 0.5])).toBe('InvalidArgument');
    expect(kindOf(['*', 0.5e-300, 1e-300])).toBe('0');
    expect(kindOf(['/', 0.5, 1e-320])).toBe('InvalidArgument');
    expect(kindOf(['+', new NumberText('1e400'), 0.5])).toBe('InvalidArgument');
    expect(
      kindOf(['reduce', { array: Array(30).fill(1) }, ['lambda', ['a', 'b'], ['*', ['$', '/a'], ['$', '/a']]], 99]),
    ).toBe('LimitExceeded');
    expect(kindOf(['+', new NumberText('1e999999999'), 1])).toBe('LimitExceeded');
  });
});

describe('numbers that no double holds', () => {
  const pi = new NumberText('3.14159265358979323846264338327950288');
  const huge = new NumberText('1e400');

  it('pass through as they were written', () => {
    expect(stringify(execute(['obj', 'a', ['$input', '/0'], 'b', [['$input', '/1']]], [[pi, huge]]))).toBe(
      `{"a":${pi.text},"b":[${huge.text}]}`,
    );
    expect(execute(['strConcat', ['$input']], [pi])).toBe(pi.text);
  });

  it('compare by their exact value', () => {
    expect(compareNumbers(pi, Math.PI)).toBeGreaterThan(0);
    expect(compareNumbers(pi, 3.15)).toBeLessThan(0);
    expect(compareNumbers(huge, 10n ** 400n)).toBe(0);
    expect(compareNumbers(huge, new NumberText('1e401'))).toBeLessThan(0);
    expect(compareNumbers(new NumberText('-1e401'), huge)).toBeLessThan(0);
    expect(compareNumbers(new NumberText('1e-400'), 0)).toBeGreaterThan(0);
    expect(compareNumbers(new NumberText('-1e-400'), 0)).toBeLessThan(0);
    expect(compareNumbers(new NumberText('0.10'), new NumberText('0.1'))).toBe(0);
  });

  it('count as integers where their value is one', () => {
    expect(execute(['-', ['$input'], ['-', ['$input'], 1]], [huge])).toBe(1);
  });

  it('are rounded where a computation needs a double', () => {
    expect(execute(['*', ['$input'], 2], [pi])).toBe(2 * Math.PI);
  });

  it('are truthy unless they are zero', () => {
    expect(isTruthy(new NumberText('1e-400'))).toBe(true);
    expect(isTruthy(new NumberText('0e99999'))).toBe(false);
    expect(isTruthy(BIG)).toBe(true);
  });
});

describe('equality and order', () => {
  it('are by value, across the forms of a number', () => {
    expect(equal([1, BIG, { a: 1e30 }], [1.0, BIG, { a: 10n ** 30n }])).toBe(true);
    expect(equal(9007199254740992, BIG)).toBe(false);
    expect(execute(['unique', ['$input']], [[1e30, 10n ** 30n, 1, new NumberText('1e30'), 1.0]])).toEqual([1e30, 1]);
    expect(execute(['sort', ['$input']], [[BIG + 1n, 1e300, -BIG, BIG, 0.5, new NumberText('1e400')]])).toEqual([
      -BIG,
      0.5,
      BIG,
      BIG + 1n,
      1e300,
      new NumberText('1e400'),
    ]);
  });

  it('keep kinds apart', () => {
    expect(equal('1', 1)).toBe(false);
    expect(equal(true, 1)).toBe(false);
    expect(equal(null, 0)).toBe(false);
    expect(equal([], {})).toBe(false);
    expect(equal([1], [1, 2])).toBe(false);
    expect(equal({ a: 1 }, { b: 1 })).toBe(false);
  });

  it('sort strings by their UTF-8 bytes, which is not how JavaScript does', () => {
    expect(execute(['sort', ['$input']], [['\u{1F600}', '\uFFFD', 'z', 'ä', 'Z']])).toEqual([
      'Z',
      'z',
      'ä',
      '\uFFFD',
      '\u{1F600}',
    ]);
  });

  it('sort kinds in one order outside and another inside', () => {
    const mixed: Json[] = [{ a: 1 }, [2], true, 'a', 1, null];
    expect(execute(['sort', ['$input']], [mixed])).toEqual([null, 1, 'a', true, [2], { a: 1 }]);
    const wrapped = mixed.map((value) => [value]);
    expect(execute(['sort', ['$input']], [wrapped])).toEqual([[null], [true], [1], ['a'], [{ a: 1 }], [[2]]]);
  });

  it('compare objects as sorted lists of members, arrays element by element', () => {
    const objects: Json[] = [{ b: 0 }, { a: 2 }, { a: 1, c: 0 }, { a: 1 }, {}];
    expect(execute(['sort', ['$input']], [objects])).toEqual([{}, { a: 1 }, { a: 1, c: 0 }, { a: 2 }, { b: 0 }]);
    expect(execute(['sort', ['$input']], [[[2], [1, 2], [1], []]])).toEqual([[], [1], [1, 2], [2]]);
  });
});

describe('a text that is too long to hold', () => {
  it('is an error of its own, with a number that JavaScript lacks in it or without', () => {
    const part = 'x'.repeat(2 ** 20);
    const parts = Array.from({ length: 600 }, () => part);
    for (const value of [parts, [2n ** 70n, ...parts]] as Json[])
      expect(() => stringify(value)).toThrow(expect.objectContaining({ kind: 'LimitExceeded' }));
  });
});
