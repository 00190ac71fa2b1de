import { operatorGroups, operators, searchOperators } from 'computo-js';
import { describe, expect, it } from 'vitest';
import { noteOn, oursOf, wordsFor } from '../../src/computo-js/dialect/foreign-operators.js';

const names = operators().map(({ name }) => name);
const foundBy = (word: string): string[] => searchOperators(word).map(({ name }) => name);

describe('a search for operators', () => {
  it.each([
    ['count', 'count'],
    ['split', 'text.split'],
    ['tostring', 'text.of'],
    ['coalesce', 'value.or'],
    ['date', 'time.parse'],
    ['separator', 'text.split'],
    ['GROUP_BY', 'list.group'],
    ['=', '=='],
  ])('%s finds %s first or among the first', (word, name) => {
    expect(foundBy(word).slice(0, 3)).toContain(name);
  });

  it('finds no part in the middle of a word', () => {
    expect(foundBy('date')).not.toContain('value.update');
    expect(foundBy('')).toEqual([]);
    expect(foundBy('xyzzy')).toEqual([]);
  });
});

describe('the words of other languages', () => {
  it('are kept by names that operators have', () => {
    const known = new Set(names);
    const asked = names.flatMap((name) => wordsFor(name));
    expect(asked.length).toBeGreaterThan(200);
    // What is kept under a name that is not an operator's leads nowhere.
    for (const word of asked) expect(oursOf(word, names).every((name) => known.has(name))).toBe(true);
    for (const word of 'length size lower upper split concat str first rest push has select tonumber to_int'.split(
      ' ',
    )) {
      expect(oursOf(word, names), word).not.toEqual([]);
    }
    expect(noteOn('now')).toBeDefined();
  });

  it('are none of ours', () => {
    const current = operators()
      .filter(({ dialects }) => dialects.includes('current'))
      .map(({ name }) => name);
    expect(names.flatMap((name) => wordsFor(name).filter((word) => current.includes(word)))).toEqual([]);
  });
});

it('every operator is in one group', () => {
  expect(operatorGroups().flatMap(({ operators: all }) => all.map(({ name }) => name))).toEqual(names);
});
