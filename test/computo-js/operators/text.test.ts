import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { check, compile, ComputoError, execute, type Json } from 'computo-js';
import { chargeOf } from '../charge.js';
import { runs } from '../../support/runs.js';

const run = (name: string, ...args: Json[]): Json =>
  execute([name, ...args.map((_, at) => ['$inputs', `/${at}`])], args);

/** The value, or the kind of error. */
function outcome(name: string, ...args: Json[]): Json {
  try {
    return run(name, ...args);
  } catch (error) {
    if (error instanceof ComputoError) return error.kind;
    throw error;
  }
}

/** Few different characters, so that parts turn up; surrogates in pairs and alone. */
const units = fc.constantFrom('a', 'b', 'é', '日', '\ud83d', '\ude00', '😀');
const text = fc.array(units, { maxLength: 12 }).map((parts) => parts.join(''));
const part = fc.array(units, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(''));
/** What the operators should see. */
const codePoints = (given: string): string[] => Array.from(given);

/** Where a list stands in another, from an index on; −1 where it doesn't. */
function placeOf(list: readonly string[], wanted: readonly string[], from: number): number {
  for (let at = from; at + wanted.length <= list.length; at++) {
    if (wanted.every((one, index) => list[at + index] === one)) return at;
  }
  return -1;
}

/** The parts of a list between the places where another stands. */
function splitList(list: readonly string[], separator: readonly string[]): string[] {
  const pieces: string[] = [];
  let from = 0;
  for (let at = placeOf(list, separator, 0); at !== -1; at = placeOf(list, separator, from)) {
    pieces.push(list.slice(from, at).join(''));
    from = at + separator.length;
  }
  return [...pieces, list.slice(from).join('')];
}

describe('texts are lists of code points', () => {
  it('to length and slice', () => {
    const index = fc.integer({ min: -14, max: 14 });
    fc.assert(
      fc.property(text, index, index, (given, from, to) => {
        expect(run('text.length', given)).toBe(codePoints(given).length);
        expect(run('text.slice', given, from)).toBe(codePoints(given).slice(from).join(''));
        expect(run('text.slice', given, from, to)).toBe(codePoints(given).slice(from, to).join(''));
      }),
      { numRuns: runs(500) },
    );
  });

  it('to whatever looks for a part', () => {
    fc.assert(
      fc.property(text, part, (given, wanted) => {
        const [list, separator] = [codePoints(given), codePoints(wanted)];
        const last = list.length - separator.length;
        expect(run('text.contains', given, wanted)).toBe(placeOf(list, separator, 0) !== -1);
        expect(run('text.startsWith', given, wanted)).toBe(
          placeOf(list.slice(0, separator.length), separator, 0) === 0,
        );
        expect(run('text.endsWith', given, wanted)).toBe(last >= 0 && placeOf(list, separator, last) === last);
        expect(run('text.split', given, wanted)).toEqual(splitList(list, separator));
        expect(run('text.replace', given, wanted, '$&')).toBe(splitList(list, separator).join('$&'));
      }),
      { numRuns: runs(500) },
    );
  });

  it('to padding, which cuts its filling to fit', () => {
    const whole = fc.string({ unit: 'grapheme', maxLength: 6 });
    const fill = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(whole, fc.integer({ min: 0, max: 20 }), fill, (given, length, filling) => {
        const missing = Math.max(0, length - codePoints(given).length);
        const added = codePoints(filling.repeat(20)).slice(0, missing).join('');
        expect(run('text.padStart', given, length, filling)).toBe(added + given);
        expect(run('text.padEnd', given, length, filling)).toBe(given + added);
      }),
      { numRuns: runs(500) },
    );
  });
});

describe('long parts', () => {
  it('are found like short ones', () => {
    const binary = (length: number) => fc.array(fc.constantFrom('a', 'b'), { minLength: length, maxLength: length });
    fc.assert(
      fc.property(binary(300), binary(1000), fc.nat(999), ([...wanted], around, at) => {
        const long = wanted.join('');
        const given = around.slice(0, at).join('') + long + around.slice(at).join('');
        expect(run('text.split', given, long)).toEqual(given.split(long));
        expect(run('text.contains', around.join(''), long)).toBe(around.join('').includes(long));
      }),
      { numRuns: runs(50) },
    );
  });

  it('are found in linear time, where the engine would compare all of them at each place', () => {
    const half = 'a'.repeat(100_000);
    expect(run('text.contains', 'a'.repeat(1_000_000), `${half}b${half}`)).toBe(false);
    expect(run('text.replace', 'a'.repeat(1_000_000), `${half}b${half}`, '')).toBe('a'.repeat(1_000_000));
  });
});

describe('white space', () => {
  it('is what Unicode says, for any character', () => {
    const trim = compile(['text.trim', ['$input']]);
    const wrong: string[] = [];
    for (let code = 0; code <= 0xffff; code++) {
      const character = String.fromCharCode(code);
      const expected = /\p{White_Space}/u.test(character) ? '' : character;
      if (trim.run([character]) !== expected) wrong.push(code.toString(16));
    }
    expect(wrong).toEqual([]);
  });
});

describe('what cannot be', () => {
  it.each<[string, Json[]]>([
    ['text.repeat', ['a', 10_001]],
    ['text.padEnd', ['a', -1]],
    ['text.padStart', ['a', 3, '']],
    ['text.split', ['a', '']],
    ['text.replace', ['a', '', 'b']],
    ['text.slice', ['a', 0.5]],
  ])('%s of %j is told before it runs', (name, args) => {
    expect(outcome(name, ...args)).toBe('InvalidArgument');
    const [problem] = check([name, ...args]);
    expect(problem?.severity).toBe('error');
    expect(['wrong-integer', 'empty-text']).toContain(problem?.code);
  });

  it('is not an index that is far away, however it is written', () => {
    for (const far of [10n ** 30n, 1e300, execute(['number.parse', '1e5000'])]) {
      expect(run('text.slice', 'abc', 1, far)).toBe('bc');
      expect(check(['text.slice', 'abc', 1, far])).toEqual([]);
    }
  });
});

describe('building', () => {
  it('is charged before it is done', () => {
    const long = 'x'.repeat(100_000);
    expect(outcome('text.repeat', long, 10_000)).toBe('LimitExceeded');
    expect(outcome('text.replace', long, 'x', long)).toBe('LimitExceeded');
    const repeated = (times: number): number => chargeOf(['text.repeat', 'ab', ['$input']], [times], 'current');
    expect(repeated(10_000) - repeated(0)).toBe(20_000);
  });
});
