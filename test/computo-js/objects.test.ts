import { describe, expect, it } from 'vitest';
import { execute, orderedObject, stringify, type Dialect, type Json } from 'computo-js';

const proto = JSON.parse('{"__proto__": {"polluted": true}, "constructor": 1, "toString": 2}') as Json;

function text(script: Json, inputs: Json[] = [], dialect: Dialect = 'current'): string {
  return stringify(execute(script, inputs, { dialect }));
}

describe('the order of keys', () => {
  it('is the written one, for integer-like keys too', () => {
    expect(text(['obj', 'b', 1, '10', 2, 'a', 3, '9', 4])).toBe('{"b":1,"10":2,"a":3,"9":4}');
    expect(text(['obj', ['b', 1], ['10', 2], ['9', 3]], [], 'classic')).toBe('{"b":1,"10":2,"9":3}');
    expect(text(['obj', ['strConcat', 'z'], 1, ['strConcat', 5], 2])).toBe('{"z":1,"5":2}');
    expect(text(['merge', { a: 1 }, ['obj', '2', 1], ['obj', '1', 1], { a: 2 }])).toBe('{"a":2,"2":1,"1":1}');
    expect(text(['objFromPairs', ['zip', { array: ['x', '1', '0'] }, { array: [1, 2, 3] }]])).toBe(
      '{"x":1,"1":2,"0":3}',
    );
    expect(text(['pick', ['obj', 'a', 1, '1', 2], { array: ['a', '1'] }])).toBe('{"a":1,"1":2}');
    expect(text(['omit', ['obj', 'a', 1, '1', 2, 'b', 3], { array: ['a'] }])).toBe('{"1":2,"b":3}');
  });

  it('survives templates and patches', () => {
    const ordered = orderedObject([
      ['z', '${/n}'],
      ['1', 1],
      ['0', 2],
    ]);
    expect(text(['permuto.apply', ['$input'], { n: 7 }], [ordered], 'classic')).toBe('{"z":7,"1":1,"0":2}');
    const patch = {
      array: [
        { op: 'replace', path: '/z', value: 0 },
        { op: 'add', path: '/5', value: 5 },
      ],
    };
    expect(text(['patch', ['$input'], patch], [ordered], 'classic')).toBe('{"z":0,"1":1,"0":2,"5":5}');
  });

  it('costs a plain object nothing where it is natural', () => {
    const natural = orderedObject([
      ['1', 'a'],
      ['2', 'b'],
      ['x', 'c'],
    ]);
    expect(Object.keys(natural)).toEqual(['1', '2', 'x']);
    expect(natural).toEqual({ 1: 'a', 2: 'b', x: 'c' });
  });

  it('gives a repeated key its first place and its last value', () => {
    expect(
      stringify(
        orderedObject([
          ['b', 1],
          ['1', 1],
          ['b', 2],
        ]),
      ),
    ).toBe('{"b":2,"1":1}');
    expect(text(['obj', 'a', 1, 'b', 2, 'a', 3])).toBe('{"a":3,"b":2}');
  });

  it('is that of bytes where text is made', () => {
    expect(text(['strConcat', { b: { z: 1, a: 2 }, '10': 1, '9': 2, ä: 3 }])).toBe(
      JSON.stringify('{"10":1,"9":2,"b":{"a":2,"z":1},"ä":3}'),
    );
    expect(text(['keys', { b: 1, '10': 1, a: 1, '9': 1 }])).toBe('["10","9","a","b"]');
    expect(text(['values', { b: 1, a: 2 }])).toBe('[2,1]');
  });
});

describe('keys that every JavaScript object inherits', () => {
  it('are data like any other', () => {
    expect(text(['$input', '/__proto__/polluted'], [proto])).toBe('true');
    expect(text(['$input', '/constructor'], [proto])).toBe('1');
    expect(text(['obj', '__proto__', ['$input']], [{ x: 1 }])).toBe('{"__proto__":{"x":1}}');
    expect(text(['merge', ['$input'], { a: 1 }], [proto])).toBe(
      '{"__proto__":{"polluted":true},"constructor":1,"toString":2,"a":1}',
    );
    expect(text(['pick', ['$input'], { array: ['__proto__', 'toString', 'valueOf'] }], [proto])).toBe(
      '{"__proto__":{"polluted":true},"toString":2}',
    );
    expect(text(['permuto.apply', ['$input'], 1], [proto], 'classic')).toBe(stringify(proto));
    expect(text(['patch', { a: 1 }, { array: [{ op: 'add', path: '/__proto__', value: 5 }] }], [], 'classic')).toBe(
      '{"a":1,"__proto__":5}',
    );
    expect(text(['==', ['$input'], {}], [proto])).toBe('false');
    expect(text(['let', proto, ['$', '/__proto__/polluted']])).toBe('true');
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  it('are not found where they are not written', () => {
    for (const key of ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'length', 'text']) {
      for (const value of [{}, [], 'text', 5, null]) {
        expect(() => execute(['$input', `/${key}`], [value])).toThrow(/nothing at/);
      }
    }
    expect(() => execute(['$', '/__proto__'], [])).toThrow(/no variable/);
    expect(() => execute(['constructor'], [])).toThrow(/no operator 'constructor'/);
    expect(() => execute(['__proto__'], [])).toThrow(/no operator/);
  });
});

describe('printing', () => {
  it('escapes lone surrogates and control characters, as JSON.stringify does', () => {
    const strange: Json = ['\ud800', 'a\u0000b', '\u2028', 1n];
    expect(stringify(strange)).toBe(`["\\ud800","a\\u0000b","\u2028",1]`);
  });

  it('is exact inside anything', () => {
    expect(stringify({ a: [12345678901234567890n], b: { c: null, d: -0, e: 1e21 } })).toBe(
      '{"a":[12345678901234567890],"b":{"c":null,"d":0,"e":1e+21}}',
    );
  });
});
