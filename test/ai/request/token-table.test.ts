import fc from 'fast-check';
import { countTokens } from 'gpt-tokenizer';
import { beforeAll, describe, expect, it } from 'vitest';
import { readTokens } from '../../../src/ai/request/read-tokens.js';
import { TokenTable } from '../../../src/ai/request/token-table.js';
import { anyText } from '../../support/any-text.js';

let table: TokenTable;
beforeAll(async () => {
  table = new TokenTable(await readTokens());
});

function counted(text: string): number {
  return countTokens(text, { disallowedSpecial: new Set() });
}

describe('the table of tokens', () => {
  it.each([
    '',
    'a',
    'Hello, world!',
    "They've said it's 12345678 times",
    'Größe → 12 €, naïve façade',
    '日本語のテキスト',
    '👩‍👩‍👧‍👦🏳️‍🌈',
    '\r\n\n  \t indented',
    'ÿþ\u0000\u0001',
    '<|endoftext|><|im_start|>',
    'supercalifragilisticexpialidocious'.repeat(9),
    '\ud800 alone',
  ])('counts %j as the tokenizer does', (text) => {
    expect(table.count(text)).toBe(counted(text));
  });

  it('counts any text as the tokenizer does', () => {
    const text = fc.oneof(anyText({ maxLength: 200 }), fc.string({ unit: 'grapheme', maxLength: 100 }), fc.lorem());
    fc.assert(
      fc.property(text, (any) => {
        expect(table.count(any)).toBe(counted(any));
      }),
    );
  });

  it('counts a word without an end in parts, and hardly more than it has', () => {
    const word = 'ab'.repeat(3000);
    const count = table.count(word);
    expect(count).toBeGreaterThanOrEqual(counted(word));
    expect(count).toBeLessThanOrEqual(counted(word) + 6000 / 512 + 1);
  });
});
