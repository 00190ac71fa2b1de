import { wordsFor } from '../dialect/index.js';
import { operators } from '../operators/index.js';
import type { OperatorInfo } from '../syntax/index.js';

/**
 * Returns the operators that match a word, most likely first: by the operators' names, by their names in other languages, and by
 * their summaries.
 */
export function searchOperators(word: string): readonly OperatorInfo[] {
  const wanted = word.trim().toLowerCase();
  if (wanted === '') return [];
  const ranked = operators().map((operator) => ({ operator, rank: rankOf(operator, wanted) }));
  const found = ranked.filter(({ rank }) => rank < RANKS.length);
  return found.sort((a, b) => a.rank - b.rank).map(({ operator }) => operator);
}

type Matches = (operator: OperatorInfo, wanted: string) => boolean;

const RANKS: readonly Matches[] = [
  ({ name }, wanted) => name.toLowerCase() === wanted || name.toLowerCase().split('.').includes(wanted),
  ({ name }, wanted) => wordsFor(name).some((one) => one.toLowerCase() === wanted),
  ({ name }, wanted) => hasWord(name, wanted),
  ({ name }, wanted) => wordsFor(name).some((one) => hasWord(one, wanted)),
  ({ summary }, wanted) => hasWord(summary, wanted),
];

/** Whether a word of a name or text begins like this. */
function hasWord(text: string, wanted: string): boolean {
  const words = text
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}%$]+/u);
  return words.some((word) => word.startsWith(wanted)) || words.join(' ').includes(` ${wanted}`);
}

/** A lower rank is more likely. */
function rankOf(operator: OperatorInfo, wanted: string): number {
  const rank = RANKS.findIndex((matches) => matches(operator, wanted));
  return rank === -1 ? RANKS.length : rank;
}
