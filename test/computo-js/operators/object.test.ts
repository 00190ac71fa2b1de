import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { equal, execute, orderedObject, stringify, type Json } from 'computo-js';
import { nested } from '../deep.js';

const key = fc.constantFrom('a', 'b', '1', '0', '__proto__', 'constructor', '', 'a.b');
const object = fc
  .array(fc.tuple(key, fc.constantFrom<Json>(null, 1, 'x', [1], {})), { maxLength: 6 })
  .map((entries) => orderedObject(entries));

const input: Json = ['$input'];
const v: Json = ['$', '/v'];
const run = (script: Json, ...inputs: Json[]): Json => execute(script, inputs);
const text = (script: Json, ...inputs: Json[]): string => stringify(run(script, ...inputs));

const mixed = orderedObject([
  ['b', 1],
  ['2', 2],
  ['1', 3],
]);

describe('object.entries', () => {
  it('lists members in written order, of which objFromPairs makes the same object', () => {
    fc.assert(
      fc.property(object, (value) => text(['objFromPairs', ['object.entries', input]], value) === stringify(value)),
    );
    expect(text(['object.entries', input], mixed)).toBe('[["b",1],["2",2],["1",3]]');
  });
});

describe('object.mapKeys, object.mapValues and object.filter', () => {
  it('leave an object as it is where nothing changes', () => {
    fc.assert(
      fc.property(object, (value) => {
        for (const name of ['object.mapKeys', 'object.mapValues']) {
          expect(text([name, input, ['lambda', ['v'], v]], value)).toBe(stringify(value));
        }
        expect(text(['object.filter', input, ['lambda', ['v'], true]], value)).toBe(stringify(value));
      }),
    );
  });

  it('keep the order of keys, integer-like ones too', () => {
    expect(text(['object.mapValues', input, ['lambda', ['v'], ['*', v, 10]]], mixed)).toBe('{"b":10,"2":20,"1":30}');
    expect(text(['object.filter', input, ['lambda', ['v'], ['>', v, 1]]], mixed)).toBe('{"2":2,"1":3}');
    expect(text(['object.mapKeys', input, ['lambda', ['v'], ['strConcat', v, '0']]], mixed)).toBe(
      '{"b0":1,"20":2,"10":3}',
    );
  });

  it('take __proto__ for a key like any other', () => {
    expect(text(['object.mapKeys', { a: 1 }, ['lambda', ['v'], '__proto__']])).toBe('{"__proto__":1}');
    expect(text(['object.rename', { a: 1 }, { a: '__proto__' }])).toBe('{"__proto__":1}');
  });

  it('say which two keys would be one, and which answer is no key', () => {
    expect(() => run(['object.mapKeys', mixed, ['lambda', ['v'], 'k']])).toThrow(/makes two members "k"/);
    expect(() => run(['object.mapKeys', { a: 1 }, ['lambda', ['v'], null]])).toThrow(/makes strings, got null/);
  });

  it('call a lambda that is a value, and none for an empty object in classic', () => {
    expect(run(['let', { f: ['lambda', ['v'], ['+', v, 1]] }, ['object.mapValues', { a: 1 }, ['$', '/f']]])).toEqual({
      a: 2,
    });
    expect(execute(['object.mapValues', {}, ['$', '/none']], [], { dialect: 'classic' })).toEqual({});
  });
});

describe('object.flatten', () => {
  it('loses nothing that is not an object with members, and is done at once', () => {
    const { tree } = fc.letrec<{ tree: Json }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4, depthSize: 'small' },
        fc.constantFrom<Json>(1, null, [{ a: 1 }], {}),
        fc.dictionary(fc.constantFrom('a', 'b', 'c', '1'), tie('tree'), { noNullPrototype: true }),
      ),
    }));
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('a', 'b'), tree, { noNullPrototype: true }), (value) => {
        const flat = run(['object.flatten', input, '/'], value);
        expect(run(['object.flatten', input, '/'], flat)).toEqual(flat);
        for (const [path, part] of Object.entries(flat as Record<string, Json>)) {
          expect(equal(run(['$input', `/${path}`], value), part)).toBe(true);
        }
      }),
    );
  });

  it('joins keys by any text, in the order of the document', () => {
    expect(text(['object.flatten', { b: { y: 1, x: {} }, a: [] }, ''])).toBe('{"by":1,"bx":{},"a":[]}');
    expect(text(['object.flatten', ['obj', 'b', ['$input'], '1', 0], '.'], mixed)).toBe(
      '{"b.b":1,"b.2":2,"b.1":3,"1":0}',
    );
  });

  it('takes no stack for ten thousand levels', () => {
    const deep = nested(1, (inner) => ({ a: inner }), 10_000);
    expect(Object.keys(run(['object.flatten', input, ''], deep) as object)).toEqual(['a'.repeat(10_000)]);
  });

  it('is charged for the keys that it makes', () => {
    const long = nested(1, (inner) => ({ a: 1, b: inner }), 2000);
    expect(() => execute(['object.flatten', input], [long], { limits: { outputSize: 100_000 } })).toThrow(/outputSize/);
  });
});

describe('object.rename', () => {
  it('renames all at once and in place', () => {
    expect(text(['object.rename', input, { b: '1', '1': '2', '2': 'b' }], mixed)).toBe('{"1":1,"b":2,"2":3}');
    expect(text(['object.rename', input, { b: 'x', '1': 'y' }], mixed)).toBe('{"x":1,"2":2,"y":3}');
  });

  it('takes back what it did, where names are not shared', () => {
    fc.assert(
      fc.property(object, (value) => {
        const script: Json = ['object.rename', ['object.rename', input, { a: 'x', '1': 'y' }], { x: 'a', y: '1' }];
        expect(text(script, value)).toBe(stringify(value));
      }),
    );
  });

  it('needs names that are text, and different ones', () => {
    expect(() => run(['object.rename', {}, { a: 5 }])).toThrow(/a string as the new name of "a", got the number 5/);
    expect(() => run(['object.rename', { a: 1, b: 2 }, { a: 'b' }])).toThrow(/makes two members "b"/);
    expect(run(['object.rename', { b: 2 }, { a: 'b' }])).toEqual({ b: 2 });
  });
});
