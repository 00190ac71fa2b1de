import { compile, MISSING, type ExecuteOptions, type Json, type FieldProgram } from 'computo-js';
import { describe, expect, it } from 'vitest';

type Planned = { readonly plan: FieldProgram | undefined; readonly fields: readonly string[] };

/** Plans a script over fields that are read from `values` by their paths. */
function planned(script: Json, values: Readonly<Record<string, Json>> = {}, options: ExecuteOptions = {}): Planned {
  const fields: string[] = [];
  const plan = compile(script, options).plan({
    number(path) {
      const key = path.join('/');
      return fields.includes(key) ? fields.indexOf(key) : fields.push(key) - 1;
    },
    read: (field) => values[fields[field] ?? ''],
  });
  return { plan, fields };
}

describe('a plan', () => {
  it('names the fields that a script reads, each once', () => {
    expect(planned(['+', ['$input', '/a/b'], ['*', ['$input', '/c'], ['$input', '/a/b']]]).fields).toEqual([
      'a/b',
      'c',
    ]);
    expect(planned(['get', ['get', ['$input'], '/a'], '/b']).fields).toEqual(['a/b']);
    expect(planned(['get', ['$inputs'], '/0/a']).fields).toEqual(['a']);
  });

  it('is none of a script that is wide, nor of a long path', () => {
    const wide: Json[] = Array.from({ length: 130_000 }, () => ['$input', '/a']);
    expect(planned(['+', ...wide]).plan).toBeUndefined();
    expect(planned(['$input', '/a'.repeat(100_000)]).plan).toBeUndefined();
  });

  it('reads a whole field where an element of an array may be meant', () => {
    const { plan, fields } = planned(['+', ['$input', '/list/1/n'], 1], { list: [0, { n: 41 }] });
    expect(fields).toEqual(['list']);
    expect(plan?.compute?.(null)).toBe(42);
  });

  it('copies what passes through untouched, and computes the rest', () => {
    const { plan } = planned(['obj', 'id', ['$input', '/id'], 'k', 1, 'n', ['+', 1, ['$input', '/n']]]);
    expect(plan?.output).toMatchObject({
      kind: 'object',
      members: [
        ['id', { kind: 'copy', field: 0 }],
        ['k', { kind: 'constant', value: 1 }],
        ['n', { kind: 'compute' }],
      ],
    });
  });

  it.each<[string, Json]>([
    ['time.parse', ['time.parse', ['$input', '/t']]],
    ['time.parse', ['time.parse', ['$input', '/t'], '%d/%b/%Y', 'Europe/Berlin']],
    ['time.format', ['time.format', ['$input', '/t'], '%F']],
    ['time.floor', ['time.floor', ['$input', '/t'], '1d', 'Europe/Berlin']],
    ['time.add', ['time.add', ['$input', '/t'], 'P1M']],
    ['time.diff', ['time.diff', ['$input', '/t'], ['$input', '/t'], '1h']],
    ['json.parse', ['json.parse', ['$input', '/t']]],
    ['json.text', ['json.text', ['$input', '/t']]],
    ['url.parse', ['url.parse', ['$input', '/t']]],
    ['query.parse', ['query.parse', ['$input', '/t']]],
    ['csv.parse', ['csv.parse', ['$input', '/t'], ';']],
    ['logfmt.parse', ['logfmt.parse', ['$input', '/t']]],
  ])('computes %s from its field alone', (_, call) => {
    const { plan, fields } = planned(['obj', 'id', ['$input', '/id'], 't', call]);
    expect(fields).toEqual(['id', 't']);
    expect(plan?.output).toMatchObject({
      members: [
        ['id', { kind: 'copy', field: 0 }],
        ['t', { kind: 'compute' }],
      ],
    });
  });

  it('yields what the program yields', () => {
    const script: Json = ['time.parse', ['$input', '/at'], '%F %T', 'Europe/Berlin'];
    const at = '2026-10-25 02:30:00';
    expect(planned(script, { at }).plan?.compute?.(null)).toBe(compile(script).run([{ at }]));
  });

  it('knows when the context is read', () => {
    expect(planned(['get', ['$inputs'], '/1/source']).plan).toMatchObject({ needsContext: true });
    expect(planned(['$input', '/a']).plan).toMatchObject({ needsContext: false });
    expect(planned(['strConcat', ['$inputs', '/1/source'], '!']).plan?.compute?.({ source: 'x' })).toBe('x!');
  });

  it('computes with texts and numbers field by field', () => {
    const script: Json = [
      'obj',
      'name',
      ['text.lower', ['text.trim', ['$input', '/name']]],
      'price',
      ['number.round', ['$input', '/price'], 2],
      'who',
      ['regex.capture', ['$input', '/name'], '(?<first>\\w+)'],
      'key',
      ['hash.bucket', ['$input', '/id'], 16],
      'text',
      ['text.redact', ['$input', '/name'], { array: ['email'] }],
    ];
    const { plan, fields } = planned(script, { name: ' Ada ', price: 1.005, id: 'a' });
    expect(fields).toEqual(['name', 'price', 'id']);
    expect(plan).toMatchObject({ needsContext: false, output: { kind: 'object' } });
    expect(plan?.compute?.(null)).toMatchObject({ name: 'ada', price: 1.01, who: { first: 'Ada' }, text: ' Ada ' });
  });

  it('writes the first field that is there, and computes nothing for it', () => {
    const { plan, fields } = planned(['obj', 'c', ['value.or', ['$input', '/a/b'], ['$input', '/c'], 'none']]);
    expect(fields).toEqual(['a/b', 'c']);
    expect(plan?.output).toMatchObject({
      members: [['c', { kind: 'first', fields: [0, 1], otherwise: { kind: 'constant', value: 'none' } }]],
    });
    expect(planned(['value.or', ['$input', '/a'], ['$input', '/b']]).plan?.output).toMatchObject({
      kind: 'first',
      otherwise: { kind: 'copy', field: 1 },
    });
    expect(planned(['value.or', ['value.at', ['$input', '/a'], 'b'], 1]).fields).toEqual(['a/b']);
    expect(planned(['value.or', ['not', ['$input', '/a']], 1]).plan?.output.kind).toBe('compute');
    expect(planned(['value.or', ['$input', '/list/0'], 1]).plan?.output.kind).toBe('compute');
  });

  it.each<[string, Json, Json, Json]>([
    ['value.or', ['+', 1, ['value.or', ['$input', '/n'], ['$input', '/m'], 5]], 42, 6],
    ['value.or of more than a read', ['value.or', ['+', 1, ['$input', '/n']], 'none'], 42, 'none'],
    ['value.or of an element', ['value.or', ['$input', '/list/1'], 'none'], 8, 'none'],
    ['value.or, classic', ['value.or', ['get', ['get', ['$input'], '/o'], '/p'], 'none'], 1, 'none'],
    ['value.try', ['value.try', ['$input', '/n'], 'none'], 41, 'none'],
    ['value.try of what is wrong', ['value.try', ['+', ['$input', '/s'], 1], 'none'], 'none', 'none'],
    ['value.has', ['value.has', ['$input', '/o'], 'p'], true, false],
    ['value.has of the input', ['value.has', ['$input'], 'o', 'p'], true, false],
    ['value.has of an element', ['value.has', ['$input', '/list'], 1], true, false],
    ['value.has from the end', ['value.has', ['$input', '/list'], -2], true, false],
    ['value.at', ['value.or', ['value.at', ['$input'], 'list', 1], 'none'], 8, 'none'],
    ['value.type', ['value.or', ['value.type', ['$input', '/list']], 'none'], 'array', 'none'],
  ])('needs no whole input for %s, be the fields there or not', (_, script, there, missing) => {
    const values = { n: 41, s: 'x', o: { p: 1 }, 'o/p': 1, list: [7, 8] };
    expect(planned(script, values).plan?.compute?.(null)).toEqual(there);
    expect(planned(script, {}).plan?.compute?.(null)).toEqual(missing);
  });

  it('is not made for a key that the text of a script does not tell', () => {
    expect(planned(['value.has', ['$input'], ['$input', '/key']]).plan).toBeUndefined();
    expect(planned(['value.at', ['$input'], -1]).plan).toBeUndefined();
    expect(planned(['value.at', ['$input', '/list'], -1]).fields).toEqual(['list']);
    expect(planned(['value.at', ['$input', '/list'], 'array']).fields).toEqual(['list']);
  });

  it('raises where a field is missing, for the whole input to be asked', () => {
    const { plan } = planned(['not', ['$input', '/a']]);
    expect(() => plan?.compute?.(null)).toThrow(MISSING);
  });

  it.each<[string, Json]>([
    ['the whole input as a value', ['count', ['$input']]],
    ['all inputs', ['count', ['$inputs']]],
    ['a third input', ['$inputs', '/2/a']],
    ['a lambda that is a value', ['let', { f: ['lambda', ['x'], 1] }, ['map', ['$input', '/a'], ['$', '/f']]]],
    ['a lambda from data', ['map', ['$input', '/a'], ['$input', '/f']]],
    ['a malformed pointer', ['$input', 'a']],
  ])('is not made for %s', (_, script) => {
    expect(planned(script).plan).toBeUndefined();
  });

  it('is not made where limits are low, or calls are traced', () => {
    expect(planned(['$input', '/a'], {}, { limits: { steps: 10 } }).plan).toBeUndefined();
    expect(planned(['$input', '/a'], {}, { trace: () => undefined }).plan).toBeUndefined();
  });

  it('builds no object whose keys move about or come twice', () => {
    for (const key of ['1', '__proto__', 'a']) {
      expect(planned(['obj', 'a', 1, key, ['$input', '/x']]).plan?.output.kind).toBe('compute');
    }
  });
});
