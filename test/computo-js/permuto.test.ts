import { describe, expect, it } from 'vitest';
import { ComputoError, execute, fillTemplate, type Json, type PermutoOptions } from 'computo-js';

const context: Json = { user: { name: 'Ada', age: 36 }, tags: ['x', 'y'], none: null, 'a/b': 1, 'c}d': 2, '': 3 };

function fill(template: Json, permuto: Partial<PermutoOptions> = {}): Json {
  return execute(['permuto.apply', ['get', ['$inputs'], '/0'], ['get', ['$inputs'], '/1']], [template, context], {
    permuto,
  });
}

describe('permuto.apply', () => {
  it('replaces strings that are exactly a placeholder, by values of any kind', () => {
    expect(fill({ n: '${/user/name}', all: ['${/tags}', '${/tags/1}', '${/none}'], k: 1 })).toEqual({
      n: 'Ada',
      all: [['x', 'y'], 'y', null],
      k: 1,
    });
    expect(fill('${}')).toEqual(context);
    expect(fill(['${/a~1b}', '${/c}d}', '${/}'])).toEqual([1, 2, 3]);
  });

  it('leaves keys and longer strings alone', () => {
    expect(fill({ '${/user/name}': 'hi ${/user/name}!' })).toEqual({ '${/user/name}': 'hi ${/user/name}!' });
  });

  it('does not fill in what it filled in', () => {
    const script: Json = ['permuto.apply', '${/a}', { a: '${/b}', b: 1 }];
    expect(execute(script, [])).toBe('${/b}');
  });

  it('leaves a placeholder whose path is missing, drops it, or raises, as the option says', () => {
    const template: Json = { a: '${/nope}', b: ['${/nope}', 1], c: '${/tags/01}' };
    expect(fill(template)).toEqual(template);
    expect(fill(template, { missing: 'remove' })).toEqual({ b: [1] });
    expect(fill('${/nope}', { missing: 'remove' })).toBe('${/nope}');
    expect(() => fill(template, { missing: 'error' })).toThrow(/nothing at "\/nope"/);
  });

  it('replaces placeholders inside longer strings when interpolation is on', () => {
    const on = { interpolation: true };
    expect(fill('${/user/name} is ${/user/age}, ${/none}, ${/tags}', on)).toBe('Ada is 36, null, ["x","y"]');
    expect(fill('${/nope} and ${/user/age', on)).toBe('${/nope} and ${/user/age');
    expect(fill('${user} ${}', on)).toContain('${user} {"');
    expect(() => fill('hi ${/nope}', { ...on, missing: 'error' })).toThrow(ComputoError);
    expect(fill('hi ${/nope}', { ...on, missing: 'remove' })).toBe('hi ${/nope}');
  });

  it('takes templates of 64 levels, and no more', () => {
    const nested = (levels: number): Json => (levels === 1 ? '${/user/age}' : [nested(levels - 1)]);
    expect(JSON.stringify(fill(nested(64)))).toContain('36');
    expect(() => fill(nested(65))).toThrow(/64 levels/);
  });
});

describe('a template by itself', () => {
  it('fills in texts, and writes what is no text as JSON', () => {
    expect(fillTemplate('${/user/name} (${/user/age}): ${/tags}, ${/none}', context)).toBe('Ada (36): ["x","y"], null');
    expect(fillTemplate({ all: '${/tags}', nested: ['${/user}'] }, context)).toEqual({
      all: ['x', 'y'],
      nested: [{ name: 'Ada', age: 36 }],
    });
    expect(fillTemplate('costs ${PRICE} $5 ${', context)).toBe('costs ${PRICE} $5 ${');
  });

  it('says what stands for a value that is missing, null or empty', () => {
    const data: Json = { a: 'x', no: null, empty: '', zero: 0, 'k:-v': 1 };
    expect(fillTemplate('${/a:-1} ${/b:-none} ${/no:-null} ${/empty:-} ${/zero:-9}', data)).toBe('x none null  0');
    expect(fillTemplate(['${/b:-}', '${/b/c:-a:-b}', '${/k:-v}'], data)).toEqual(['', 'a:-b', 1]);
    expect(fillTemplate('${/a} and ${/b:-c}', data)).toBe('x and c');
  });

  it('fails where a path is missing, and names it', () => {
    expect(() => fillTemplate({ a: 'of ${/nope}' }, context)).toThrow(
      'the template found nothing at "/nope" (at the root of the script). Write what stands for it: ${/nope:-text}.',
    );
  });

  it('does not make more of the data than a script may', () => {
    const big = 'x'.repeat(1_000_000);
    expect(() => fillTemplate('${/big}'.repeat(100), { big })).toThrow(/too large/);
  });
});
