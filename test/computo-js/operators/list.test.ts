import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { check, ComputoError, equal, execute, NumberText, stringify, type Json } from 'computo-js';
import { nested } from '../deep.js';

const item = fc.oneof(
  fc.constantFrom<Json>(null, true, 0, 1, 'a', '1', [1], { a: 1 }, { b: [null] }, 10n ** 20n),
  fc.array(fc.constantFrom<Json>(1, 'x'), { maxLength: 2 }),
);
const list = fc.array(item, { maxLength: 8 });

const first: Json = ['$inputs', '/0'];
const second: Json = ['$inputs', '/1'];
const x: Json = ['$', '/x'];
const run = (script: Json, ...inputs: Json[]): Json => execute(script, inputs);

function has(items: readonly Json[], value: Json): boolean {
  return items.some((other) => equal(other, value));
}

describe('list.has, list.indexOf, list.without and list.common', () => {
  it('agree with == about what is equal', () => {
    fc.assert(
      fc.property(list, list, item, (a, b, value) => {
        const index = a.findIndex((other) => equal(other, value));
        expect(run(['list.has', first, second], a, value)).toBe(index !== -1);
        expect(run(['list.indexOf', first, second], a, value)).toBe(index === -1 ? null : index);
        expect(run(['list.without', first, second], a, b)).toEqual(a.filter((other) => !has(b, other)));
        const common = a.filter((other, at) => has(b, other) && !has(a.slice(0, at), other));
        expect(run(['list.common', first, second], a, b)).toEqual(common);
      }),
    );
  });
});

describe('list.group and list.flat', () => {
  it('are inverse: the groups of an array hold each of its elements once', () => {
    fc.assert(
      fc.property(list, (items) => {
        const groups = run(['list.group', first, ['lambda', ['x'], x]], items) as { key: Json; items: Json[] }[];
        for (const [at, { key, items: members }] of groups.entries()) {
          expect(members.every((member) => equal(member, key))).toBe(true);
          expect(groups.slice(0, at).some((earlier) => equal(earlier.key, key))).toBe(false);
        }
        const all = run(['list.flat', ['map', first, ['lambda', ['g'], ['$', '/g/items']]]], groups) as Json[];
        expect([...all.map(stringify)].sort()).toEqual([...items.map(stringify)].sort());
      }),
    );
  });

  it('take what an element is, and go one level deep', () => {
    expect(run(['list.flat', first], [1, [2, [3]], [], 'x', { array: [4] }])).toEqual([1, 2, [3], 'x', { array: [4] }]);
  });
});

describe('list.slice', () => {
  it('cuts as arrays of JavaScript do, and takes indices beyond every end', () => {
    const index = fc.oneof(fc.integer({ min: -10, max: 10 }), fc.constantFrom<Json>(10n ** 30n, -(10n ** 30n)));
    fc.assert(
      fc.property(list, index, index, (items, from, to) => {
        const expected = items.slice(Number(from), Number(to));
        expect(run(['list.slice', first, ['$inputs', '/1'], ['$inputs', '/2']], items, from, to)).toEqual(expected);
        expect(run(['list.slice', first, ['$inputs', '/1']], items, from)).toEqual(items.slice(Number(from)));
      }),
    );
  });

  it('needs integers', () => {
    for (const wrong of [0.5, '1', null, new NumberText('0.10000000000000000000000000001')] satisfies Json[]) {
      expect(() => run(['list.slice', first, second], [1], wrong)).toThrow(/needs an integer as argument 2/);
    }
    expect(run(['list.slice', first, second], [1, 2], new NumberText('1.00000000000000000000000000000'))).toEqual([2]);
  });
});

describe('list.sum, list.min, list.max and list.mean', () => {
  it('are exact over integers of any size, in any order', () => {
    const integer = fc.oneof(fc.integer(), fc.bigInt(-(10n ** 40n), 10n ** 40n)).map((n) => BigInt(n));
    fc.assert(
      fc.property(fc.array(integer, { minLength: 1, maxLength: 8 }), (numbers) => {
        const total = numbers.reduce((sum, n) => sum + n, 0n);
        const least = numbers.reduce((min, n) => (n < min ? n : min));
        const greatest = numbers.reduce((max, n) => (n > max ? n : max));
        expect(equal(run(['list.sum', first], numbers), total)).toBe(true);
        expect(equal(run(['list.min', first], numbers), least)).toBe(true);
        expect(equal(run(['list.max', first], numbers), greatest)).toBe(true);
        const count = BigInt(numbers.length);
        if (total % count === 0n) expect(equal(run(['list.mean', first], numbers), total / count)).toBe(true);
      }),
    );
  });

  it('pass a single number on as it is', () => {
    const number = new NumberText('0.1234567890123456789012345');
    for (const name of ['list.sum', 'list.min', 'list.max']) expect(run([name, first], [number])).toBe(number);
  });

  it('say which element is not a number, and that a result is too large', () => {
    expect(() => run(['list.max', first], [1, '2'])).toThrow(/got the string "2" at index 1/);
    expect(() => run(['list.sum', first], [new NumberText('1e400'), 0.5])).toThrow(/not a finite number/);
  });

  it('need an element, but for the sum: check knows', () => {
    for (const name of ['list.min', 'list.max', 'list.mean']) {
      expect(check([name, { array: [] }])).toMatchObject([{ code: 'empty-array', path: '/1/array' }]);
    }
    expect(check(['list.sum', { array: [] }])).toEqual([]);
  });
});

describe('list.range', () => {
  it('is charged before it is made', () => {
    for (const end of [10n ** 30n, 2 ** 53, 1e9] satisfies Json[]) {
      try {
        run(['list.range', first], end);
        expect.unreachable();
      } catch (error) {
        expect(error instanceof ComputoError && error.kind).toBe('LimitExceeded');
      }
    }
  });

  it('needs an integer that is not negative', () => {
    expect(() => run(['list.range', first], -1)).toThrow(/an integer of at least 0/);
    expect(run(['list.range', first], 2)).toEqual([0, 1]);
  });
});

it('lists take what stands for an array in current, and nothing but arrays in classic', () => {
  expect(execute(['list.sum', ['$input']], [{ array: [1, 2] }], { dialect: 'current' })).toBe(3);
  expect(() => execute(['list.sum', ['$input']], [{ array: [1, 2] }], { dialect: 'classic' })).toThrow(/an array/);
});

it('elements nested ten thousand levels deep are compared without taking a stack', () => {
  const [a, b] = [1, 2].map((end) => nested(end, (inner) => [inner], 10_000));
  const both: Json = [a ?? null, b ?? null];
  expect(run(['list.indexOf', first, second], both, b ?? null)).toBe(1);
  expect(run(['count', ['list.common', first, second]], both, both)).toBe(2);
  expect(run(['count', ['list.group', first, ['lambda', ['x'], x]]], both)).toBe(2);
});
