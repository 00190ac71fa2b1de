import { expect, it } from 'vitest';
import { distinguish } from '../../../src/cli/journal/distinguish.js';

it('shows of texts where they differ, and of one its beginning', () => {
  const prompt = (row: string): string => `You classify reviews.\nSentiment of: ${row}\nAnswer in one word.`;
  expect(distinguish(['good', 'bad\nand  ugly', `${'long '.repeat(20)}!`].map(prompt))).toEqual([
    '…good…',
    '…bad and ugly…',
    `…${'long '.repeat(8)}…`,
  ]);
  expect(distinguish([prompt('good')])).toEqual(['You classify reviews. Sentiment of: good…']);
  expect(distinguish(['a', 'a'])).toEqual(['a', 'a']);
  expect(distinguish(['aa', 'aaa', ''])).toEqual(['aa', 'aaa', '']);
  expect(distinguish([])).toEqual([]);
});
