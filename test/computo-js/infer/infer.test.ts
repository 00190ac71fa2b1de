import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ANY_SHAPE,
  compile,
  ComputoError,
  inferShape,
  joinShapes,
  shapeOf,
  type Json,
  type Miss,
  type Shape,
} from '../../../src/computo-js/index.js';
import { conforms } from './conforms.js';
import { scriptIn } from './scripts.js';

const read = (script: Json, ...inputs: Shape[]): string[] =>
  inferShape(script, { inputs }).misses.map(
    ({ path, pointer, length, certain }) => `${path} ${pointer} ${length}${certain ? '' : '?'}`,
  );

const event = shapeOf({ user: { name: 'Ada', tags: ['a', 'b'] }, n: 1 });

describe('a read that cannot succeed', () => {
  it('is found wherever the input has nothing like it', () => {
    expect(read(['$input', '/user/nmae'], event)).toEqual([' /user/nmae 1']);
    expect(read(['$input', '/usr'], event)).toEqual([' /usr 0']);
    expect(read(['$input', '/n/x'], event)).toEqual([' /n/x 1']);
    expect(read(['$input', '/user/tags/2'], event)).toEqual([' /user/tags/2 2']);
    expect(read(['get', ['get', ['$input'], '/user'], '/nmae'], event)).toEqual([' /nmae 0']);
  });

  it('is none where there may be something', () => {
    expect(read(['$input', '/user/name'], event)).toEqual([]);
    expect(read(['$input', '/user/tags/array/1'], event)).toEqual([]);
    expect(read(['$input', '/anything'], ANY_SHAPE)).toEqual([]);
    expect(read(['$input', '/b'], joinShapes(shapeOf({ a: 1 }), shapeOf({ b: 1 })))).toEqual([]);
  });

  it('is found through what the script builds itself', () => {
    expect(read(['let', { o: ['obj', 'a', 1] }, ['$', '/o/b']])).toEqual(['/2 /b 0']);
    expect(
      read(
        [
          'let',
          { o: ['merge', { a: 1 }, ['pick', ['$input'], { array: ['n'] }]] },
          ['+', ['$', '/o/a'], ['$', '/o/n'], ['$', '/o/user']],
        ],
        event,
      ),
    ).toEqual(['/2/3 /user 0']);
    expect(read(['let', { o: ['omit', ['$input'], { array: ['n'] }] }, ['$', '/o/n']], event)).toEqual(['/2 /n 0']);
    expect(read(['obj', ['a', ['get', ['obj', ['b', 1]], '/c']]])).toEqual(['/1/1 /c 0']);
  });

  it('is found in the groups of a pattern that is written out', () => {
    const group = (pattern: Json, pointer: string): Json => [
      'let',
      { m: ['regex.capture', ['$input', '/t'], pattern] },
      ['$', pointer],
    ];
    expect(read(group('(?<user>a)', '/m/usr'), ANY_SHAPE)).toEqual(['/2 /usr 0']);
    expect(read(group('(?<user>a)', '/m/user'), ANY_SHAPE)).toEqual([]);
    expect(read(group(['$input', '/p'], '/m/usr'), ANY_SHAPE)).toEqual([]);
    expect(read(['let', { p: ['text.split', ['$input', '/t'], ','] }, ['$', '/p/0/a']], ANY_SHAPE)).toEqual([
      '/2 /0/a 1',
    ]);
  });

  it('is found in what is parsed, where its form is known', () => {
    const url: Json = ['url.parse', ['$input', '/u']];
    const parsed = (pointer: string): Json => ['let', { url }, ['$', pointer]];
    expect(read(parsed('/url/hostname'), ANY_SHAPE)).toEqual(['/2 /hostname 0']);
    expect(read(parsed('/url/host/0'), ANY_SHAPE)).toEqual(['/2 /host/0 1']);
    expect(read(parsed('/url/query/any'), ANY_SHAPE)).toEqual([]);
    const line: Json = ['csv.parse', ['$input', '/line']];
    expect(read(['let', { line }, ['$', '/line/0/a']], ANY_SHAPE)).toEqual(['/2 /0/a 1']);
  });

  it('is found in lambdas, by what the elements are', () => {
    const rows = shapeOf({ rows: [{ a: 1 }, { b: 2 }] });
    expect(read(['map', ['$input', '/rows'], ['lambda', ['r'], ['$', '/r/c']]], rows)).toEqual(['/2/2 /c 0?']);
    expect(read(['map', ['$input', '/rows'], ['lambda', ['r'], ['$', '/r/b']]], rows)).toEqual([]);
    expect(
      read(['let', { f: ['lambda', ['r'], ['$input', '/rosw']] }, ['map', ['$input', '/rows'], ['$', '/f']]], rows),
    ).toEqual(['/1/f/2 /rosw 0?']);
  });

  it('is none where it may find nothing', () => {
    for (const script of [
      ['value.or', ['$input', '/nick'], ['strConcat', ['$input', '/user/nick']], 'none'],
      ['value.try', ['+', ['$input', '/m'], 1], 0],
      ['value.has', ['$input', '/usr'], 'name'],
      ['value.or', ['map', ['$input', '/user/tags'], ['lambda', ['t'], ['$', '/t/x']]], 1],
    ] satisfies Json[]) {
      expect(read(script, event), JSON.stringify(script)).toEqual([]);
    }
    expect(read(['value.or', ['$input', '/nick'], ['$input', '/nmae']], event)).toEqual(['/2 /nmae 0?']);
    expect(read(['value.try', 1, ['$input', '/nmae']], event)).toEqual(['/2 /nmae 0?']);
  });

  it('is found through changes of a value', () => {
    const after = (change: Json, pointer: string): string[] =>
      read(['let', { o: change }, ['$', `/o${pointer}`]], event);
    expect(after(['value.set', ['$input'], '/user/geo/city', 'x'], '/user/geo/town')).toEqual(['/2 /user/geo/town 2']);
    expect(after(['value.remove', ['$input'], '/user/name'], '/user/name')).toEqual(['/2 /user/name 1']);
    expect(after(['value.update', ['$input'], '/user', ['lambda', ['u'], 1]], '/user/name')).toEqual([
      '/2 /user/name 1',
    ]);
    expect(after(['value.merge', ['$input'], { user: { id: 1 } }], '/user/key')).toEqual(['/2 /user/key 1']);
    expect(after(['value.merge', ['$input'], { user: { id: 1 } }], '/user/id')).toEqual([]);
    expect(after(['object.rename', ['$input'], { n: 'm' }], '/n')).toEqual(['/2 /n 0']);
    expect(after(['list.group', ['$input', '/user/tags'], ['lambda', ['t'], ['$', '/t']]], '/0/value')).toEqual([
      '/2 /0/value 1',
    ]);
    expect(read(['value.at', ['$input', '/user'], 'nmae'], event)).toEqual([' /nmae 0']);
    expect(read(['value.at', ['$input', '/user/tags'], -1, 'x'], event)).toEqual([]);
  });

  it('is not certain in a branch, or behind a short circuit', () => {
    expect(read(['if', ['$input', '/n'], ['$input', '/x'], 1], event)).toEqual(['/2 /x 0?']);
    expect(read(['and', ['$input', '/n'], ['$input', '/x']], event)).toEqual(['/2 /x 0?']);
    expect(read(['if', ['$input', '/x'], 1, 2], event)).toEqual(['/1 /x 0']);
  });

  it('is said once: nothing is known about what it yields', () => {
    expect(read(['let', { x: ['$input', '/x'] }, ['$', '/x/y/z']], event)).toHaveLength(1);
  });

  it('says nothing about a script of both dialects, or one nested without end', () => {
    expect(inferShape(['obj', 'a', ['get', ['$input'], '/a']], { inputs: [event] })).toEqual({
      shape: ANY_SHAPE,
      misses: [],
    });
    let deep: Json = ['$input', '/x'];
    for (let depth = 0; depth < 100_000; depth++) deep = ['not', deep];
    expect(inferShape(deep, { inputs: [event] }).misses).toEqual([]);
  });
});

describe('inference keeps its word', () => {
  it.each(['classic', 'current'] as const)(
    'for any script of the %s dialect: what a run yields has the shape, and what cannot succeed fails',
    (dialect) => {
      const inputs = fc.array(
        fc.oneof(
          fc.constant<Json>({ a: 1, b: { c: 'x' }, list: [{ d: 1 }, { e: 2 }] }),
          fc.jsonValue() as fc.Arbitrary<Json>,
        ),
        { minLength: 1, maxLength: 3 },
      );
      let yielded = 0;
      let missed = 0;
      fc.assert(
        fc.property(scriptIn(dialect), inputs, (script, [first = null, ...others]) => {
          // Also from more than one event: a run over any of them must fit.
          const shape = others.reduce<Shape>((all, other) => joinShapes(all, shapeOf(other)), shapeOf(first));
          const inferred = inferShape(script, { dialect, inputs: [shape] });
          const certain: Miss | undefined = inferred.misses.find((miss) => miss.certain);
          missed += certain === undefined ? 0 : 1;
          try {
            const result = compile(script, { dialect }).run([first]);
            if (certain !== undefined) throw new Error(`${certain.pointer} at ${certain.path} was there`);
            if (!conforms(result, inferred.shape)) throw new Error(`${JSON.stringify(result)} has not the shape`);
            yielded += 1;
          } catch (error) {
            if (!(error instanceof ComputoError)) throw error;
          }
        }),
        { numRuns: 1500 },
      );
      // The law is about something only if both happen.
      expect(yielded).toBeGreaterThan(100);
      expect(missed).toBeGreaterThan(50);
    },
  );
});
