import { check, ComputoError, compile, operators } from 'computo-js';
import { describe, expect, it } from 'vitest';

const usages = new Map(operators().map((operator) => [operator.name, operator]));

describe('how an operator is written', () => {
  it.each([
    ['map', '["map", array, lambda]', 'map(array, lambda)'],
    ['sort', '["sort", array, option?, …]', 'sort(array, option?, …)'],
    ['+', '["+", number, …]', 'number + number'],
    ['-', '["-", minuend, subtrahend?, …]', 'minuend - subtrahend, or -minuend'],
    ['strConcat', '["strConcat", value, …]', 'value ++ value'],
    ['if', '["if", condition, then, else]', 'if condition then value else value'],
  ])('%s', (name, json, text) => {
    expect(usages.get(name)?.usage.current).toBe(json);
    expect(usages.get(name)?.textUsage).toBe(text);
  });

  it('is said in the form of the script by whoever finds a mistake', () => {
    const script = ['map', ['$input']];
    expect(check(script, { form: 'text' })[0]?.hint).toBe('Write map(array, lambda).');
    expect(check(script)[0]?.hint).toBe('Write ["map", array, lambda].');
    const failing = compile(['map', ['$input'], ['if', true, 1, 2]]);
    expect(said(() => failing.run([[1]])).explain('text')).toMatch(/ Write x => … or the variable that holds one\.$/);
    expect(said(() => failing.run([[1]])).explain('json')).toMatch(/ Write \["lambda", \["x"\], …\] or /);
  });

  it('has no text where the current dialect has no such operator', () => {
    expect(usages.get('get')?.textUsage).toBeUndefined();
  });
});

function said(work: () => unknown): ComputoError {
  try {
    work();
  } catch (error) {
    if (error instanceof ComputoError) return error;
    throw error;
  }
  throw new Error('nothing was raised');
}
