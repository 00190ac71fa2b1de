import { expect, describe, it } from 'vitest';
import { check, ComputoError, detectDialect, execute, stringify, type Json } from 'computo-js';

/** `wrap` around `core`, so many times. */
export function nested(core: Json, wrap: (inner: Json) => Json, levels: number): Json {
  let script = core;
  for (let level = 0; level < levels; level++) script = wrap(script);
  return script;
}

export function kindRaised(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    // A stack overflow is turned into LimitExceeded, too, but must never happen.
    if (error instanceof ComputoError && !error.message.includes('exhausted')) return error.kind;
    throw error;
  }
  return 'nothing';
}

/** What has no limit of depth, tried with so many levels: more than any stack holds. */
export function describeDepth(levels: number): void {
  describe(`${levels} nested tail positions`, () => {
    const elses = nested(1, (inner) => ['if', ['not', 1], 0, inner], levels);
    const bodies = nested(['$', '/x'], (inner) => ['let', [['x', 1]], inner], levels);

    it('run: the else of if', () => {
      expect(execute(elses, [], { dialect: 'classic' })).toBe(1);
    });

    it('run: the body of let', () => {
      expect(execute(bodies, [], { dialect: 'current' })).toBe(1);
    });

    it('run: both in turn, and the then of if', () => {
      const script = nested(1, (inner) => ['let', [['x', 1]], ['if', ['$', '/x'], inner, 0]], levels / 2);
      expect(execute(script, [])).toBe(1);
    });

    it('are checked', () => {
      expect(check(bodies)).toEqual([]);
    });

    it('tell no dialect', () => {
      expect(detectDialect(elses)).toEqual({ dialect: 'ambiguous', markers: [] });
    });

    it('may be wrong at every level: check tells the first thousand', () => {
      const found = check(nested(1, (inner) => ['if', ['nope'], 0, inner], 10_000));
      expect(found.length).toBe(1001);
      expect(found.at(-1)?.code).toBe('too-many-problems');
    });

    it('may be marked at every level: detection tells the first hundred of each dialect', () => {
      const script = nested(1, (inner) => ['if', ['get', ['$input'], ''], inner, ['keys', {}]], 10_000);
      const { dialect, markers } = detectDialect(script);
      expect(dialect).toBe('conflict');
      expect(markers.length).toBe(200);
    });
  });

  describe(`${levels} levels of data`, () => {
    it('are looked into, printed and passed on', () => {
      const data = nested(1n, (inner) => [inner], levels);
      const other = nested(2n, (inner) => [inner], levels);
      expect(execute(['$input'], [data])).toBe(data);
      const both = [data, other];
      expect(execute(['==', ['$inputs', '/0'], ['$inputs', '/1']], both)).toBe(false);
      expect(execute(['count', ['sort', ['$inputs']]], both)).toBe(2);
      expect(execute(['count', ['unique', ['$inputs']]], both)).toBe(2);
      expect(execute(['strConcat', ['$input']], both)).toBe(`${'['.repeat(levels)}1${']'.repeat(levels)}`);
      expect(execute(['count', ['diff', ['$input'], ['get', ['$inputs'], '/1']]], both)).toBe(1);
      expect(stringify(data)).toBe(`${'['.repeat(levels)}1${']'.repeat(levels)}`);
      expect(kindRaised(() => execute(['permuto.apply', ['$input'], 1], both))).toBe('LimitExceeded');
    });
  });
}
