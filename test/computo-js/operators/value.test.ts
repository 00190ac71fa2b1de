import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  check,
  compile,
  ComputoError,
  equal,
  execute,
  orderedObject,
  stringify,
  type Dialect,
  type ExecuteOptions,
  type Json,
  type TraceEvent,
} from 'computo-js';
import { nested } from '../deep.js';

const DIALECTS: readonly Dialect[] = ['classic', 'current'];

/** Reads a pointer of the first input, in either dialect. */
const read = (pointer: string, dialect: Dialect): Json =>
  dialect === 'classic' ? ['get', ['$input'], pointer] : ['$input', pointer];

/** The error that a script raises. */
function raised(script: Json, inputs: readonly Json[] = [], options: ExecuteOptions = {}): ComputoError {
  try {
    execute(script, inputs, options);
  } catch (error) {
    if (error instanceof ComputoError) return error;
    throw error;
  }
  throw new Error('it raised nothing');
}

/** The calls of an operator that a run makes. */
function callsOf(name: string, script: Json, inputs: readonly Json[]): number {
  let calls = 0;
  const trace = ({ operator }: TraceEvent): void => {
    if (operator === name) calls += 1;
  };
  execute(script, inputs, { trace });
  return calls;
}

describe('value.or', () => {
  it.each(DIALECTS)('gives the first value that is there and not null, whatever it is: %s', (dialect) => {
    for (const found of [false, 0, '', [], {}] satisfies Json[]) {
      const script: Json = ['value.or', read('/none', dialect), read('/nil', dialect), read('/found', dialect), 1];
      expect(execute(script, [{ nil: null, found }], { dialect })).toEqual(found);
    }
  });

  it('takes a failed read at any depth for a missing value, also in a lambda', () => {
    for (const missing of [
      ['$input', '/a/b/c'],
      ['$inputs', '/7'],
      ['strConcat', 'x', ['strConcat', ['$input', '/b'], 'y']],
      ['map', { array: [1] }, ['lambda', ['x'], ['+', ['$', '/x'], ['$input', '/b']]]],
      ['map', { array: [{}] }, ['lambda', ['x'], ['$', '/x/y']]],
      ['let', { f: ['lambda', ['x'], ['$', '/x/y']] }, ['map', { array: [{}] }, ['$', '/f']]],
      ['value.at', { a: 1 }, 'b'],
      ['value.at', ['strConcat', ['$input', '/b']], 0],
      ['value.or', ['$input', '/b'], ['$input', '/c']],
    ] satisfies Json[]) {
      expect(execute(['value.or', missing, 'none'], [{ a: 5 }]), JSON.stringify(missing)).toBe('none');
    }
  });

  it('raises every other error', () => {
    for (const wrong of [
      ['+', 'x', 1],
      ['$', '/unbound'],
      ['$input', 'a'],
      ['car', { array: [] }],
      ['value.at', { array: [1] }, true],
      ['value.update', {}, '/a', ['lambda', ['x'], 1]],
      ['list.min', { array: [] }],
    ] satisfies Json[]) {
      expect(raised(['value.or', wrong, 'none'], [{}]).kind, JSON.stringify(wrong)).toBe('InvalidArgument');
    }
    expect(raised(['value.or', ['nope'], 1]).kind).toBe('InvalidOperator');
  });

  it('says what is missing, and where, when its last value is', () => {
    const error = raised(['value.or', ['$input', '/nmae'], ['$input', '/user/nmae']], [{ user: { name: 1 } }]);
    expect(error).toMatchObject({ path: '/2', hint: 'Did you mean the key "name"?' });
    expect(error.problem).toContain('"/user/nmae"');
  });

  it('evaluates one value after the other, and none after the first that is there', () => {
    const calls = (script: Json): number => callsOf('+', script, [{ a: 1 }]);
    expect(calls(['value.or', ['$input', '/a'], ['+', 1, 2], ['+', 1, 2]])).toBe(0);
    expect(calls(['value.or', ['$input', '/b'], ['+', 1, 2], ['+', 1, 2]])).toBe(1);
    expect(calls(['value.or', null, ['value.or', ['$input', '/b'], null], ['+', 1, 2]])).toBe(1);
  });

  it('tells a trace of the reads that found nothing', () => {
    const told: string[] = [];
    const trace = ({ operator, path, depth, error }: TraceEvent): void => {
      told.push(`${operator} ${path} ${depth} ${error instanceof Error ? error.message : 'fine'}`);
    };
    expect(execute(['value.or', ['not', ['$input', '/a']], ['not', 1]], [{}], { trace })).toBe(false);
    expect(told).toEqual([
      '$input /1/1 2 nothing is there',
      'not /1 1 nothing is there',
      'not /2 1 fine',
      'value.or  0 fine',
    ]);
  });
});

describe('value.try', () => {
  it('gives the fallback for any InvalidArgument, and evaluates it only then', () => {
    for (const wrong of [['+', 'x'], ['$input', '/b'], ['$', '/unbound'], ['not'], ['car', []]] satisfies Json[]) {
      expect(execute(['value.try', wrong, 'fallback'], [{}])).toBe('fallback');
    }
    expect(execute(['value.try', null, ['car', []]])).toBe(null);
  });

  it('raises limits and operators that do not exist', () => {
    const endless: Json = ['let', { f: ['lambda', ['x'], ['map', [1], ['$', '/f']]] }, ['map', [1], ['$', '/f']]];
    expect(raised(['value.try', endless, 1]).kind).toBe('LimitExceeded');
    const range: Json = ['list.range', 1000];
    expect(raised(['value.try', range, 1], [], { limits: { outputSize: 100 } }).kind).toBe('LimitExceeded');
    expect(raised(['value.try', ['strConcat', range], 1], [], { limits: { steps: 100 } }).kind).toBe('LimitExceeded');
    expect(raised(['value.try', ['+', 1, ['nope']], 1]).kind).toBe('InvalidOperator');
  });

  it('raises what its fallback raises', () => {
    expect(raised(['value.try', ['$input', '/a'], ['$input', '/b']], [{}])).toMatchObject({ path: '/2' });
  });

  it('leaves the lambdas that failed: any number of them may fail one after the other', () => {
    const failing: Json = ['map', [1], ['lambda', ['y'], ['+', 'x', 1]]];
    for (const guarded of [
      ['value.try', failing, 0],
      ['value.or', ['map', [1], ['lambda', ['y'], ['$input', '/none']]], 0],
    ] satisfies Json[]) {
      const script: Json = ['list.sum', ['map', ['list.range', 300], ['lambda', ['x'], guarded]]];
      expect(execute(script, [{}], { limits: { depth: 5 } })).toBe(0);
    }
  });
});

describe('value.at and value.has', () => {
  const data: Json = { list: [1, [2, 3]], '1': 'one', '-1': 'minus one', '': 'empty', n: null };
  const has = (value: Json, ...keys: Json[]): Json => execute(['value.has', ['$input'], ...keys], [value]);
  const at = (value: Json, ...keys: Json[]): Json => execute(['value.at', ['$input'], ...keys], [value]);

  it('count from either end of an array, and take an integer for a name of an object', () => {
    expect(at(data, 'list', -1, 0)).toBe(2);
    expect(at(data, 'list', '1', 1)).toBe(3);
    expect([at(data, 1), at(data, -1), at(data, '')]).toEqual(['one', 'minus one', 'empty']);
    expect(has({ '100000000000000000000': 1 }, 100_000_000_000_000_000_000n)).toBe(true);
    for (const key of [2, -3, '-1', '01', 'length', 'array', 2 ** 60, -(2 ** 60)]) {
      expect(has(data, 'list', key), String(key)).toBe(false);
      expect(() => at(data, 'list', key)).toThrow(/nothing at/);
    }
  });

  it('find own members only', () => {
    for (const key of ['__proto__', 'constructor', 'toString']) {
      expect(has(data, key)).toBe(false);
      expect(has(JSON.parse(`{"${key}": null}`) as Json, key)).toBe(true);
    }
  });

  it('differ about what is wrong: value.has is never an error', () => {
    for (const key of [true, null, 0.5, [], {}] satisfies Json[]) {
      expect(has(data, key)).toBe(false);
      expect(has(data, ['$input', '/n'])).toBe(false);
      expect(() => at(data, ['value.or', key, key])).toThrow(/needs text or an integer as argument 2/);
      expect(check(['value.at', ['$input'], key])[0]?.code).toBe('wrong-kind');
      expect(check(['value.has', ['$input'], key])).toEqual([]);
    }
    expect(execute(['value.has', ['$input', '/none'], 'a'], [{}])).toBe(false);
    expect(execute(['value.has', ['get', ['$input'], '/none'], 'a'], [{}], { dialect: 'classic' })).toBe(false);
    expect(raised(['value.has', ['+', 'x'], 'a']).kind).toBe('InvalidArgument');
    expect(raised(['value.has', {}, ['+', 'x']]).kind).toBe('InvalidArgument');
  });

  it('say how far the path goes', () => {
    const error = raised(['value.at', ['$input'], 'list', 1, 7], [data]);
    expect(error.problem).toBe('nothing at "/list/1/7" in the value: the path exists up to "/list/1"');
    expect(error.hint).toBe('"/list/1" is an array of 2, with the indices 0 to 1.');
  });
});

const key = fc.constantFrom('a', 'b', '1', '0', '__proto__', 'constructor', '');
const scalar = fc.constantFrom<Json>(null, true, 0, 'x');
const objectOf = (member: fc.Arbitrary<Json>): fc.Arbitrary<Json> =>
  fc.array(fc.tuple(key, member), { maxLength: 4 }).map((entries): Json => orderedObject(entries));
const { json, tree } = fc.letrec<{ json: Json; tree: Json }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    scalar,
    fc.array(tie('json'), { maxLength: 3 }),
    objectOf(tie('json')),
  ),
  /** Without arrays, whose elements move. */
  tree: fc.oneof({ maxDepth: 4, depthSize: 'small' }, scalar, objectOf(tie('tree'))),
}));
const path = fc.array(key, { minLength: 1, maxLength: 4 }).map((parts) => parts.map((part) => `/${part}`).join(''));

/** What a script yields; undefined where it fails. */
function outcome(script: Json, ...inputs: Json[]): Json | undefined {
  try {
    return execute(script, inputs);
  } catch (error) {
    if (error instanceof ComputoError && error.kind === 'InvalidArgument') return undefined;
    throw error;
  }
}

/** What a script makes of a value that nobody may write into. */
function text(script: Json, value: Json): string {
  return stringify(execute(script, [frozen(value)]));
}

function frozen(value: Json): Json {
  if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value) as Json[]) frozen(part);
    Object.freeze(value);
  }
  return value;
}

describe('value.set, value.update and value.remove', () => {
  const set = (pointer: string): Json => ['value.set', ['$input'], pointer, ['$inputs', '/1']];

  it('put what is set where it is read, once and for all', () => {
    let done = 0;
    fc.assert(
      fc.property(json, path, json, (value, pointer, part) => {
        const before = stringify(value);
        const written = outcome(set(pointer), value, part);
        expect(stringify(value)).toBe(before);
        if (written === undefined) return;
        done += 1;
        expect(equal(execute(['$input', pointer], [written]), part)).toBe(true);
        expect(stringify(execute(set(pointer), [written, part]))).toBe(stringify(written));
      }),
    );
    expect(done).toBeGreaterThan(10);
  });

  it('leave alone what nothing is removed from, and remove nothing twice', () => {
    let done = 0;
    fc.assert(
      fc.property(tree, path, (value, pointer) => {
        const remove: Json = ['value.remove', ['$input'], pointer];
        for (const given of [value, outcome(set(pointer), value, 'x') ?? value]) {
          const before = stringify(given);
          const left = execute(remove, [given]);
          expect(stringify(given)).toBe(before);
          expect(outcome(['$input', pointer], left)).toBeUndefined();
          expect(execute(remove, [left])).toBe(left);
          if (outcome(['$input', pointer], given) === undefined) expect(left).toBe(given);
          else done += 1;
        }
      }),
    );
    expect(done).toBeGreaterThan(10);
  });

  it('are of one mind about what is there', () => {
    fc.assert(
      fc.property(json, path, (value, pointer) => {
        const found = outcome(['$input', pointer], value);
        const replaced = outcome(['value.update', ['$input'], pointer, ['lambda', ['x'], 'new']], value);
        expect(replaced === undefined).toBe(found === undefined);
        if (replaced === undefined) return;
        expect(equal(replaced, execute(set(pointer), [value, 'new']))).toBe(true);
        expect(execute(['value.update', ['$input'], pointer, ['lambda', ['x'], ['$', '/x']]], [value])).toBe(value);
      }),
    );
  });

  it('keep the order of keys, integer-like ones too', () => {
    const value = orderedObject([
      ['b', 1],
      ['2', { x: 1 }],
      ['1', 3],
    ]);
    expect(text(['value.set', ['$input'], '/2/y', 0], value)).toBe('{"b":1,"2":{"x":1,"y":0},"1":3}');
    expect(text(['value.set', ['$input'], '/0', 0], value)).toBe('{"b":1,"2":{"x":1},"1":3,"0":0}');
    expect(text(['value.remove', ['$input'], '/b'], value)).toBe('{"2":{"x":1},"1":3}');
    expect(text(['value.set', ['$input'], '/0', 0], { b: 1 })).toBe('{"b":1,"0":0}');
  });

  it('take __proto__ for a key like any other', () => {
    expect(text(['value.set', ['$input'], '/__proto__/polluted', true], {})).toBe('{"__proto__":{"polluted":true}}');
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
    const own = JSON.parse('{"__proto__": {"a": 1}, "b": 2}') as Json;
    expect(text(['value.remove', ['$input'], '/__proto__/a'], own)).toBe('{"__proto__":{},"b":2}');
    expect(text(['value.set', ['$input'], '/c', 3], own)).toBe('{"__proto__":{"a":1},"b":2,"c":3}');
  });

  it('say what stands in the way', () => {
    const wrong = (pointer: string): string =>
      raised(['value.set', ['$input'], pointer, 1], [{ a: { n: 5 }, l: [1] }]).problem;
    expect(wrong('/a/n/x/y')).toBe(
      `'value.set' needs an object or an array at "/a/n" to reach "/a/n/x/y", got the number 5`,
    );
    expect(wrong('/l/1')).toBe('"1" is not an index in an array of 1 at "/l"');
    expect(raised(['value.update', { a: 1 }, '/b/c', ['lambda', ['x'], 1]]).problem).toContain('nothing at "/b/c"');
  });

  it('take a pointer that is computed, and a path of any length', () => {
    expect(execute(['value.set', {}, ['strConcat', '/', 'a'], 1])).toEqual({ a: 1 });
    expect(raised(['value.set', {}, ['strConcat', 'a'], 1]).problem).toContain('a string that starts with "/"');
    expect(check(['value.remove', {}, '/a', 'b'])).toMatchObject([{ code: 'malformed-pointer', path: '/3' }]);
    const long = '/a'.repeat(20_000);
    const deep = execute(['value.set', null, long, 1]);
    expect(execute(['$input', long], [deep])).toBe(1);
    expect(execute(['value.remove', ['value.update', ['$input'], long, ['lambda', ['x'], 2]], '/a'], [deep])).toEqual(
      {},
    );
  });

  it('remove one place after the other: what stood behind it has moved up', () => {
    expect(execute(['value.remove', { array: [1, 2, 3] }, '/0', '/0'])).toEqual([3]);
  });
});

describe('value.merge', () => {
  const merge = (...values: Json[]): Json =>
    execute(
      ['value.merge', ...values.map((_, index): Json => ['$inputs', `/${index}`])],
      values.map((value) => frozen(value)),
    );
  /** Objects in which lower-case keys hold values and upper-case keys hold objects. */
  const { object } = fc.letrec<{ object: Json }>((tie) => ({
    object: fc
      .record(
        { a: scalar, b: fc.array(scalar, { maxLength: 2 }), '1': scalar, A: tie('object'), B: tie('object') },
        { requiredKeys: [] },
      )
      .map((members): Json => orderedObject(Object.entries(members))),
  }));

  it('is associative where no object meets anything else, has {} as its identity, and repeats nothing', () => {
    fc.assert(
      fc.property(object, object, object, (a, b, c) => {
        const left = merge(merge(a, b), c);
        expect(stringify(left)).toBe(stringify(merge(a, merge(b, c))));
        expect(stringify(left)).toBe(stringify(merge(a, b, c)));
        expect(stringify(merge(a, {}))).toBe(stringify(a));
        expect(stringify(merge({}, a))).toBe(stringify(a));
        expect(stringify(merge(a, structuredClone(a)))).toBe(stringify(a));
      }),
    );
  });

  it('keeps the order of keys, and takes __proto__ for a key like any other', () => {
    const a = JSON.parse('{"b": {"x": 1}, "__proto__": {"p": 1}}') as Json;
    const b = JSON.parse('{"1": 1, "__proto__": {"q": 2}, "b": {"x": null, "y": 2}}') as Json;
    expect(stringify(merge(a, b))).toBe('{"b":{"x":null,"y":2},"__proto__":{"p":1,"q":2},"1":1}');
  });
});

describe('value.compact, value.findAll and value.walk', () => {
  const walk = (body: Json, value: Json): Json =>
    execute(['value.walk', ['$input'], ['lambda', ['v'], body]], [frozen(value)]);

  it('share what they do not change', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(walk(['$', '/v'], value)).toBe(value);
        const compact = execute(['value.compact', ['$input'], 'deep'], [value]);
        expect(execute(['value.compact', ['$input'], 'deep'], [compact])).toBe(compact);
      }),
    );
  });

  it('walk calls its lambda for each value after all that is in it', () => {
    const order: Json[] = [];
    const trace = ({ operator, value }: TraceEvent): void => {
      if (operator === 'strConcat' && typeof value === 'string') order.push(value);
    };
    const script: Json = ['value.walk', { b: [1, {}], a: 'x' }, ['lambda', ['v'], ['strConcat', ['$', '/v']]]];
    expect(execute(script, [], { trace })).toBe('{"a":"x","b":"[\\"1\\",\\"{}\\"]"}');
    expect(order).toEqual(['1', '{}', '["1","{}"]', 'x', '{"a":"x","b":"[\\"1\\",\\"{}\\"]"}']);
  });

  it('walk may make containers, which it does not go into', () => {
    expect(walk(['if', ['==', ['$', '/v'], 1], [1, [1]], ['$', '/v']], [1, 2])).toEqual([[1, [1]], 2]);
  });

  it('keep the order of keys', () => {
    const value = orderedObject([
      ['b', null],
      [
        '2',
        [
          null,
          orderedObject([
            ['1', 1],
            ['c', null],
            ['0', 0],
          ]),
        ],
      ],
      ['1', 1],
    ]);
    expect(text(['value.compact', ['$input']], value)).toBe('{"2":[null,{"1":1,"c":null,"0":0}],"1":1}');
    expect(text(['value.compact', ['$input'], 'deep'], value)).toBe('{"2":[{"1":1,"0":0}],"1":1}');
    expect(text(['value.walk', ['$input'], ['lambda', ['v'], ['value.or', ['$', '/v'], 'n']]], value)).toBe(
      '{"b":"n","2":["n",{"1":1,"c":"n","0":0}],"1":1}',
    );
    expect(text(['value.findAll', ['$input'], '1'], value)).toBe('[1,1]');
  });

  it('compact only what has parts, and only deep on request', () => {
    for (const value of [null, 5, 'x'] satisfies Json[]) {
      expect(execute(['value.compact', ['$input']], [value])).toBe(value);
      expect(execute(['value.compact', ['$input'], 'deep'], [value])).toBe(value);
    }
    expect(raised(['value.compact', {}, ['strConcat', 'all']]).problem).toContain('"deep"');
    expect(check(['value.compact', {}, 'all'])).toMatchObject([{ code: 'compact-option', path: '/2' }]);
  });
});

it('values nested ten thousand levels deep take no stack', () => {
  const list = nested(1, (inner) => [inner], 10_000);
  const object = nested(1, (inner) => ({ a: inner }), 10_000);
  const other = nested(2, (inner) => ({ a: inner }), 10_000);
  const depthOf = (value: Json, end: Json): Json =>
    execute(['list.indexOf', ['value.findAll', ['$input'], 'a'], end], [value]);
  expect(depthOf(object, 1)).toBe(9999);
  expect(depthOf(execute(['value.merge', ['$input'], ['$inputs', '/1']], [object, other]), 2)).toBe(9999);
  const replace: Json = ['lambda', ['v'], ['if', ['==', ['$', '/v'], 1], 3, ['$', '/v']]];
  expect(stringify(execute(['value.walk', ['$input'], replace], [list]))).toContain('[[3]]');
  expect(execute(['value.compact', ['$input'], 'deep'], [list])).toBe(list);
  expect(
    stringify(execute(['value.compact', ['$input'], 'deep'], [nested(null, (inner) => [inner], 10_000)])),
  ).toContain('[[]]');
});

it('limits hold for values that share parts: no walk of them goes on without end', () => {
  const shared = nested('x', (inner) => ({ a: inner, b: inner }), 60);
  for (const script of [
    ['value.walk', ['$input'], ['lambda', ['v'], ['$', '/v']]],
    ['value.compact', ['$input'], 'deep'],
    ['value.findAll', ['$input'], 'a'],
    ['value.merge', ['$input'], ['$inputs', '/1']],
    ['object.flatten', ['$input']],
  ] satisfies Json[]) {
    const program = compile(script, { limits: { steps: 100_000 } });
    expect(() => program.run([shared, nested('x', (inner) => ({ a: inner, b: inner }), 60)])).toThrow(/steps/);
  }
});
