import { describe, expect, it } from 'vitest';
import { check, compile, detectDialect, parseText, printText, type Json } from 'computo-js';

/** More than a function takes as its arguments. */
const WIDTH = 130_000;

const times = (part: Json): Json[] => Array.from({ length: WIDTH }, () => part);
const input: Json = ['$input', '/n'];
const names = Array.from({ length: WIDTH }, (_, index) => `k${index}`);

const WIDE: Readonly<Record<string, Json>> = {
  'an object': ['obj', ...names.flatMap((name): Json[] => [name, input])],
  'a lambda that reads nothing of its own': ['map', { array: [1] }, ['lambda', ['x'], ['+', ...times(1)]]],
  'a long path': ['$input', '/n'.repeat(WIDTH)],
  'bindings of a let': ['let', names.map((name): Json => [name, input]), 1],
};

describe('a script that is wide', () => {
  it.each(Object.entries(WIDE))('is checked, planned, run and printed: %s', (_, script) => {
    expect(check(script, { dialect: 'current' }).length).toBeLessThan(1100);
    expect(detectDialect(script).dialect).not.toBe('conflict');
    const program = compile(script, { dialect: 'current' });
    program.plan({ number: () => 0, read: () => 1 });
    try {
      program.run([{ n: 1 }]);
    } catch (error) {
      expect(error).toHaveProperty('name', 'ComputoError');
      expect((error as Error).message).not.toContain('stack');
    }
    // Not by toEqual, which takes seconds for so much.
    expect(JSON.stringify(parseText(printText(script)).script) === JSON.stringify(script)).toBe(true);
  });
});
