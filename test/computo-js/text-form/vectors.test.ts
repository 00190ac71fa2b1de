import { readFileSync } from 'node:fs';
import { equal, parseExactly, parseText, stringify, TextFormError, type Json, type JsonObject } from 'computo-js';
import { describe, expect, it } from 'vitest';

const lines = readFileSync(new URL('../../../fixtures/computo-js/text.jsonl', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n');
const vectors = lines.map((line) => parseExactly(line, Infinity) as JsonObject & { readonly text: string });

describe('the text form', () => {
  it.each(vectors.map((vector) => [vector.text, vector['script']] as const))('%j', (text, script) => {
    expect(answerTo(text, script)).toBe(script === undefined ? 'an error' : stringify(script));
  });
});

/** As `expected` is written where it is equal to what the text means: numbers count by value, members in any order. */
function answerTo(text: string, expected: Json | undefined): string {
  try {
    const { script } = parseText(text);
    return expected !== undefined && equal(script, expected) ? stringify(expected) : stringify(script);
  } catch (error) {
    if (!(error instanceof TextFormError)) throw error;
    return 'an error';
  }
}
