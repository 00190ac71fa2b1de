import { describe, expect, it } from 'vitest';
import {
  compile,
  ComputoError,
  execute,
  type Dialect,
  type ExecuteOptions,
  type Json,
  type TraceEvent,
} from 'computo-js';

function errorOf(script: Json, inputs: Json[] = [], dialect: Dialect | 'auto' = 'auto'): ComputoError {
  try {
    execute(script, inputs, { dialect });
  } catch (error) {
    if (error instanceof ComputoError) return error;
    throw error;
  }
  throw new Error('nothing was raised');
}

describe('an error', () => {
  it('names the operator, what it needed, what it got, and the place of the call', () => {
    const { kind, path, problem } = errorOf(['obj', 'a', ['+', 1, ['$input', '/s']]], [{ s: 'abc' }]);
    expect({ kind, path, problem }).toEqual({
      kind: 'InvalidArgument',
      path: '/2',
      problem: `'+' needs a number as argument 2, got the string "abc"`,
    });
  });

  it('escapes its path as a JSON Pointer', () => {
    expect(errorOf(['let', { 'a/b~c': ['nope'] }, 1]).path).toBe('/1/a~1b~0c');
  });

  it('shortens what it shows', () => {
    expect(errorOf(['+', 'x'.repeat(1000)]).message.length).toBeLessThan(200);
    expect(errorOf(['+', ['$input']], [Array.from({ length: 1000 }, () => 1)]).problem).toContain('an array of 1000');
  });

  it('takes no time for a stack, which other errors keep', () => {
    expect(errorOf(['$input', '/a']).stack).not.toMatch(/^ +at /m);
    expect(new Error('a bug').stack).toMatch(/^ +at /m);
  });

  it('of an unknown operator suggests a near one', () => {
    const { kind, hint } = errorOf(['strconcat', 'a']);
    expect({ kind, hint }).toEqual({ kind: 'InvalidOperator', hint: "Did you mean 'strConcat'?" });
  });

  it('of a missing path names the pointer, how far it exists, and a near key', () => {
    const { problem, hint } = errorOf(['$input', '/user/nmae/first'], [{ user: { name: 'Ada' } }]);
    expect(problem).toBe('nothing at "/user/nmae/first" in the input: the path exists up to "/user"');
    expect(hint).toBe('Did you mean the key "name"?');
    const { problem: atOnce, hint: whatIsThere } = errorOf(['$input', '/level'], [{ a: 1 }]);
    expect([atOnce, whatIsThere]).toEqual(['nothing at "/level" in the input', 'It is an object with "a".']);
    expect(errorOf(['get', ['$input'], '/tags/2'], [{ tags: ['a', 'b'] }]).hint).toBe(
      '"/tags" is an array of 2, with the indices 0 to 1.',
    );
  });

  it('of a variable that is not bound says which are', () => {
    const script: Json = ['let', { price: 1 }, ['map', [1], ['lambda', ['item'], ['$', '/prise']]]];
    expect(errorOf(script)).toMatchObject({ path: '/2/2/2', hint: 'Did you mean "price"?' });
    expect(errorOf(['map', [1], ['lambda', ['item'], ['$', '/q']]]).hint).toBe('Bound here: "item".');
  });

  it('is that of the first failing call in evaluation order', () => {
    expect(errorOf(['+', 'a', ['nope']]).kind).toBe('InvalidArgument');
    expect(errorOf(['-', 'a', ['nope']], [], 'current').kind).toBe('InvalidArgument');
    expect(errorOf(['-', 'a', ['nope']], [], 'classic').kind).toBe('InvalidOperator');
    expect(errorOf(['<', 'a', ['nope']], [], 'current').kind).toBe('InvalidOperator');
    expect(errorOf(['<', 'a', ['nope']], [], 'classic').kind).toBe('InvalidArgument');
    expect(errorOf(['<', 2, 1, ['nope']], [], 'classic').kind).toBe('InvalidOperator');
    expect(execute(['<', 2, 1, ['nope']], [], { dialect: 'current' })).toBe(false);
    expect(errorOf(['zip', 1, ['nope']]).kind).toBe('InvalidArgument');
    expect(errorOf(['cons', ['nope'], 1]).kind).toBe('InvalidOperator');
    expect(errorOf(['not', 1, ['nope']]).kind).toBe('InvalidArgument');
    expect(errorOf(['sort', ['nope'], 'bogus']).kind).toBe('InvalidOperator');
    expect(errorOf(['obj', 1, ['nope']], [], 'current').kind).toBe('InvalidOperator');
    expect(errorOf(['obj', [1, ['nope']]], [], 'classic').kind).toBe('InvalidArgument');
    expect(errorOf(['let', [['a', ['nope']], 5], 1]).kind).toBe('InvalidOperator');
  });

  it('of a call that is never reached is never raised', () => {
    expect(execute(['if', true, 1, ['if']], [])).toBe(1);
    expect(execute(['or', 1, ['nope']], [])).toBe(true);
    expect(execute(['map', [], ['lambda', ['x'], ['nope']]], [])).toEqual([]);
    expect(execute(['map', [], ['lambda', ['x', 'y'], 1]], [])).toEqual([]);
    expect(execute(['map', { array: [] }, 'no lambda'], [], { dialect: 'classic' })).toEqual([]);
    expect(errorOf(['map', [], ['nope']]).kind).toBe('InvalidOperator');
  });

  it('inside a lambda that came from data stands at the call', () => {
    const lambda: Json = [['x'], ['+', ['$', '/x'], 'a']];
    expect(errorOf(['map', [1], ['$input']], [lambda])).toMatchObject({ kind: 'InvalidArgument', path: '' });
    expect(execute(['map', [1], ['$input']], [[['x'], ['+', ['$', '/x'], 1]]])).toEqual([2]);
    expect(errorOf(['map', [1], ['$input']], [{ no: 'lambda' }]).problem).toContain('needs a lambda');
  });
});

describe('options', () => {
  it('that cannot be are refused, with what could be', () => {
    const options: unknown[] = [
      { dialect: 'modern' },
      { limits: { steps: -1 } },
      { limits: { depth: NaN } },
      { permuto: { missing: 'drop' } },
    ];
    for (const option of options) expect(() => compile(1, option as ExecuteOptions)).toThrow(/the option '.*' must be/);
  });

  it('may be undefined, which is as if they were left out', () => {
    const options = { dialect: undefined, limits: undefined, permuto: undefined, trace: undefined };
    expect(compile(['+', 1, 2], options).run()).toBe(3);
  });
});

describe('trace', () => {
  it('tells of every call once it has ended, innermost first', () => {
    const events: TraceEvent[] = [];
    compile(['if', ['>', ['$input'], 1], ['+', 1, ['$input']], 0], { trace: (event) => events.push(event) }).run([2]);
    expect(events.map(({ path, operator, depth, value }) => [path, operator, depth, value])).toEqual([
      ['/1/1', '$input', 2, 2],
      ['/1', '>', 1, true],
      ['/2/2', '$input', 2, 2],
      ['/2', '+', 1, 3],
      ['', 'if', 0, 3],
    ]);
  });

  it('tells of the error that a call raised or let pass', () => {
    const events: TraceEvent[] = [];
    const program = compile(['not', ['+', 'a']], { trace: (event) => events.push(event) });
    expect(() => program.run([])).toThrow(ComputoError);
    expect(events.map(({ path, error }) => [path, error instanceof ComputoError])).toEqual([
      ['/1', true],
      ['', true],
    ]);
    expect(() => program.run([])).toThrow(ComputoError);
    expect(events[2]?.depth).toBe(1);
  });
});
