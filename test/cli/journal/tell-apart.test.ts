import { expect, it } from 'vitest';
import { tellApart } from '../../../src/cli/journal/tell-apart.js';

it('shows of texts where they differ, and of one its beginning', () => {
  const prompt = (row: string): string => `You classify reviews.\nSentiment of: ${row}\nAnswer in one word.`;
  expect(tellApart(['good', 'bad\nand  ugly', `${'long '.repeat(20)}!`].map(prompt))).toEqual([
    '…good…',
    '…bad and ugly…',
    `…${'long '.repeat(8)}…`,
  ]);
  expect(tellApart([prompt('good')])).toEqual(['You classify reviews. Sentiment of: good…']);
  expect(tellApart(['a', 'a'])).toEqual(['a', 'a']);
  expect(tellApart(['aa', 'aaa', ''])).toEqual(['aa', 'aaa', '']);
  expect(tellApart([])).toEqual([]);
});
