import { readFileSync } from 'node:fs';
import { check, compile, equal, parseExactly, parseText, stringify, type Json } from 'computo-js';
import { describe, expect, it } from 'vitest';

/** An everyday job, said in the text form. */
interface Recipe {
  readonly name: string;
  readonly text: string;
  readonly input: Json;
  /** The event around the input, where the text asks for it. */
  readonly envelope?: Json;
  readonly output: Json;
}

const recipes = readFileSync(new URL('../../fixtures/computo-js/recipes.jsonl', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => parseExactly(line, Infinity) as unknown as Recipe);

describe('the recipe', () => {
  for (const { name, text, input, envelope = {}, output } of recipes) {
    it(`${name}: ${stringify(input)}`, ({ skip }) => {
      const { script } = parseText(text);
      const unknown = check(script, { dialect: 'current' }).find(({ code }) => code === 'unknown-operator');
      if (unknown !== undefined) skip(`operator not there yet: ${unknown.message}`);
      const answer = compile(script, { dialect: 'current' }).run([input, envelope]);
      expect(equal(answer, output) ? output : answer).toBe(output);
    });
  }
});
