import { NumberText } from 'computo-js';
import { describe, expect, it } from 'vitest';
import { parseTags } from '../../../src/ai/request/index.js';

const many = (count: number): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`t${i}`, 'x']));

describe('the tags of a call', () => {
  it('are texts, and numbers and booleans as they are printed; a null is none', () => {
    const made = {
      team: 'search',
      n: 1.5,
      exact: new NumberText('1e400'),
      paying: false,
      none: null,
      ['__proto__']: 'p',
    };
    const parsed = parseTags(made);
    expect(parsed.ok && Object.entries(parsed.tags ?? {})).toEqual([
      ['team', 'search'],
      ['n', '1.5'],
      ['exact', '1e400'],
      ['paying', 'false'],
      ['__proto__', 'p'],
    ]);
    expect(parseTags({ team: null })).toEqual({ ok: true, tags: undefined });
  });

  it('are 16 at most, with names up to 64 characters and values up to 256', () => {
    expect(parseTags({ ...many(16), none: null })).toMatchObject({ ok: true });
    expect(parseTags({ 日本語: '😀'.repeat(256), ['n'.repeat(64)]: '' })).toMatchObject({ ok: true });
    for (const [made, problem] of [
      [many(17), 'the tags: expected at most 16, found 17'],
      [{ ['n'.repeat(65)]: 'x' }, "a tag's name has at most 64 characters"],
      [{ user: '😀'.repeat(257) }, 'the tag user: expected at most 256 characters, found more'],
      [{ 'a=b': 'x' }, 'the tag "a=b": a name is of letters, digits, "_", "-" and "."'],
      [{ user: ['x'] }, 'the tag user: expected a text, a number or a boolean, found a list'],
      [{ user: { id: 1 } }, 'the tag user: expected a text, a number or a boolean, found an object'],
      ['search', 'the tags: expected a map, found text'],
    ] as const)
      expect(parseTags(made)).toEqual({ ok: false, problem });
  });
});
