import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  check,
  compile,
  ComputoError,
  detectDialect,
  equal,
  execute,
  operators,
  stringify,
  type Dialect,
  type Json,
} from 'computo-js';
import { runs } from '../support/runs.js';

/** Any JSON, with the names that scripts are made of strewn in. */
const word = fc.oneof(
  fc.constantFrom(
    ...operators().map(({ name }) => name),
    'array',
    '/x',
    '/a/b',
    '',
    '/',
    'asc',
    '__proto__',
    '${/x}',
    'x',
    '1',
  ),
  fc.string({ maxLength: 4 }),
);
const number = fc.oneof(
  fc.integer({ min: -5, max: 5 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }).filter((n) => n > 2n ** 53n || n < -(2n ** 53n)),
);
const { json } = fc.letrec<{ json: Json; scalar: Json }>((tie) => ({
  scalar: fc.oneof(fc.constantFrom<Json>(null, true, false), number, word),
  json: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    tie('scalar'),
    fc.array(tie('json'), { maxLength: 5 }),
    fc.tuple(word, fc.array(tie('json'), { maxLength: 4 })).map(([head, rest]): Json => [head, ...rest]),
    fc.dictionary(word, tie('json'), { maxKeys: 3, noNullPrototype: true }),
  ),
}));
const array = fc.array(json, { maxLength: 8 });

/**
 * Scripts that both dialects define. Chains of three comparisons are left out: current stops at the first pair that does
 * not hold, classic evaluates all. */
interface Both {
  readonly classic: Json;
  readonly current: Json;
}
const same = (script: Json): Both => ({ classic: script, current: script });
const call =
  (name: string) =>
  (parts: readonly Both[]): Both => ({
    classic: [name, ...parts.map((part) => part.classic)],
    current: [name, ...parts.map((part) => part.current)],
  });
const { both } = fc.letrec<{ both: Both }>((tie) => {
  const one = fc.tuple(tie('both'));
  const two = fc.tuple(tie('both'), tie('both'));
  const some = fc.array(tie('both'), { minLength: 1, maxLength: 3 });
  return {
    both: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.oneof(number.map(same), fc.constantFrom<Json>(null, true, '', 'text', { k: 1 }).map(same)),
      fc.constantFrom('n', 's', 'list', 'object', 'missing').map((key) => ({
        classic: ['get', ['$input'], `/${key}`],
        current: ['$input', `/${key}`],
      })),
      some.chain((parts) => fc.constantFrom('+', '*', 'append').map((name) => call(name)(parts))),
      two.chain((parts) =>
        fc.constantFrom('-', '/', '!=', '==', '<', '>=', 'cons', 'zip').map((name) => call(name)(parts)),
      ),
      one.chain((parts) => fc.constantFrom('not', 'count', 'car').map((name) => call(name)(parts))),
      two.chain((parts) =>
        fc
          .constantFrom('value.or', 'value.try', 'value.at', 'value.has', 'value.merge', 'list.has', 'list.without')
          .map((name) => call(name)(parts)),
      ),
      one.chain((parts) =>
        fc
          .constantFrom('value.type', 'value.compact', 'list.flat', 'list.sum', 'object.entries', 'object.flatten')
          .map((name) => call(name)(parts)),
      ),
      fc.tuple(tie('both'), tie('both'), tie('both')).map(call('if')),
      some.map((parts): Both => ({
        classic: ['&&', ...parts.map((p) => p.classic)],
        current: ['and', ...parts.map((p) => p.current)],
      })),
      two.map(([value, body]): Both => ({
        classic: ['let', [['v', value.classic]], ['if', ['$', '/v'], body.classic, ['$', '/v']]],
        current: ['let', { v: value.current }, ['if', ['$', '/v'], body.current, ['$', '/v']]],
      })),
      two.map(([key, value]): Both => ({
        classic: ['obj', ['a', key.classic], ['b', value.classic]],
        current: ['obj', 'a', key.current, 'b', value.current],
      })),
      two.chain(([items, body]) =>
        fc.constantFrom('map', 'filter', 'find', 'some', 'every').map((name): Both => ({
          classic: [name, items.classic, ['lambda', ['v'], body.classic]],
          current: [name, items.current, ['lambda', ['v'], body.current]],
        })),
      ),
      fc
        .array(tie('both'), { maxLength: 3 })
        .map((items): Both => ({
          classic: { array: items.map((i) => i.classic) },
          current: [null, ...items.map((i) => i.current)],
        }))
        .map(({ classic, current }): Both => ({ classic, current: ['cdr', current] })),
    ),
  };
});
const input = fc.record({
  n: number,
  s: fc.string(),
  list: array,
  object: fc.dictionary(fc.string(), json, { noNullPrototype: true }),
});

/** The value, or the kind of error. */
function outcome(script: Json, inputs: readonly Json[], dialect: Dialect): string {
  try {
    return stringify(execute(script, inputs, { dialect, limits: { steps: 100_000, outputSize: 100_000 } }));
  } catch (error) {
    if (error instanceof ComputoError) return error.kind;
    throw error;
  }
}

describe('for any JSON', () => {
  it('a script yields a value or raises a ComputoError, in every public function', () => {
    fc.assert(
      fc.property(json, array, fc.constantFrom<Dialect>('classic', 'current'), (script, inputs, dialect) => {
        outcome(script, inputs, dialect);
        detectDialect(script);
        for (const { severity, path, message } of check(script, { dialect })) {
          expect(['error', 'warning']).toContain(severity);
          expect(path === '' || path.startsWith('/')).toBe(true);
          expect(message).not.toBe('');
        }
      }),
      { numRuns: runs(350) },
    );
  });

  it('a script that runs without error on it has no error, where all of it was run', () => {
    fc.assert(
      fc.property(json, fc.constantFrom<Dialect>('classic', 'current'), (script, dialect) => {
        const head: unknown = Array.isArray(script) ? script[0] : undefined;
        if (typeof head !== 'string') return;
        const strict = ['+', '-', '*', '/', '%', 'count', 'car', 'cdr', 'cons', 'append', 'strConcat', 'not', 'approx'];
        if (!strict.includes(head) || /InvalidArgument|InvalidOperator/.test(outcome(script, [1], dialect))) return;
        const own = check(script, { dialect }).filter(
          ({ severity, path }) => severity === 'error' && path.split('/').length <= 2,
        );
        expect(own).toEqual([]);
      }),
      { numRuns: runs(350) },
    );
  });

  it('the identity leaves it unchanged', () => {
    const identity = compile(['$input']);
    fc.assert(fc.property(json, (value) => identity.run([value]) === value));
  });

  it('sorting is stable, ordered and changes nothing the second time', () => {
    const script: Json = ['sort', ['$input'], '/0'];
    fc.assert(
      fc.property(array, (keys) => {
        const rows = keys.map((key, index): Json => [key, index]);
        const sorted = execute(script, [rows]) as Json[][];
        expect(execute(script, [sorted])).toEqual(sorted);
        for (const [index, [key, at]] of sorted.entries()) {
          const next = sorted[index + 1];
          if (next !== undefined && equal(key ?? null, next[0] ?? null))
            expect(Number(at)).toBeLessThan(Number(next[1]));
        }
        const descending = execute(['reverse', ['sort', ['$input'], ['/0', 'desc']]], [rows.toReversed()]);
        expect(descending).toEqual(sorted);
      }),
    );
  });

  it('unique keeps exactly one of each', () => {
    fc.assert(
      fc.property(array, (values) => {
        const kept = execute(['unique', ['$input']], [[...values, ...values]]) as Json[];
        for (const value of values) expect(kept.filter((other) => equal(other, value)).length).toBe(1);
      }),
    );
  });

  it('a patch made by diff leads where it should', () => {
    const script: Json = [
      'patch',
      ['get', ['$inputs'], '/0'],
      ['diff', ['get', ['$inputs'], '/0'], ['get', ['$inputs'], '/1']],
    ];
    const program = compile(script);
    fc.assert(
      fc.property(json, json, (a, b) => equal(program.run([a, b]), b)),
      { numRuns: runs(250) },
    );
    fc.assert(fc.property(array, array, (a, b) => equal(program.run([[...a, 1, ...b], { x: a }]), { x: a })));
    fc.assert(
      fc.property(array, array, (a, b) =>
        equal(
          program.run([
            [...a, ...b],
            [...a, 0, ...b],
          ]),
          [...a, 0, ...b],
        ),
      ),
    );
  });

  it('equality is by value, and text is the same for equal values', () => {
    fc.assert(
      fc.property(json, (value) => {
        const copy = structuredClone(value);
        expect(equal(value, copy)).toBe(true);
        expect(execute(['strConcat', ['$input']], [copy])).toBe(execute(['strConcat', ['$input']], [value]));
      }),
    );
  });

  it('what is printed is read again as the same value', () => {
    const plain = json.filter((value) => !stringify(value).match(/[0-9]{16}/));
    fc.assert(fc.property(plain, (value) => equal(JSON.parse(stringify(value)) as Json, value)));
  });
});

describe('for any script that both dialects define', () => {
  it('both give the same answer, or fail in the same way', () => {
    fc.assert(
      fc.property(both, input, ({ classic, current }, event) => {
        expect(outcome(classic, [event], 'classic')).toBe(outcome(current, [event], 'current'));
      }),
      { numRuns: runs(500) },
    );
  });
});
