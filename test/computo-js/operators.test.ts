import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { tablesOf } from './tables-of.js';
import { check, compile, operators, renderReference, type Dialect } from 'computo-js';

const README = fileURLToPath(new URL('../../src/computo-js/README.md', import.meta.url));
const START = '<!-- operators: made from their records by the test of the operators; renew with `vitest -u` -->';
const END = '<!-- end of operators -->';

describe('the operators', () => {
  it('of the reference are 46 in current and 45 in classic', () => {
    const reference = operators().filter(({ name }) => !name.includes('.') || name === 'permuto.apply');
    const count = (dialect: Dialect): number => reference.filter(({ dialects }) => dialects.includes(dialect)).length;
    expect([count('current'), count('classic')]).toEqual([46, 45]);
  });

  for (const { name, dialects, examples } of operators()) {
    it(`yields what the examples of ${name} say`, () => {
      expect(examples.length).toBeGreaterThan(0);
      for (const { dialect, script, inputs = [], tables = {}, result } of examples) {
        for (const one of dialect === undefined ? dialects : [dialect]) {
          expect(
            compile(script, { dialect: one, tables: tablesOf(tables) }).run(inputs),
            JSON.stringify(script),
          ).toEqual(result);
          expect(check(script, { dialect: one, tables }).filter(({ severity }) => severity === 'error')).toEqual([]);
        }
      }
    });
  }

  it('are described in the README, word for word', async () => {
    const readme = readFileSync(README, 'utf8');
    const [before, after] = [readme.split(START)[0] ?? '', readme.split(END)[1] ?? ''];
    const renewed = `${before}${START}\n\n${renderReference(operators())}\n\n${END}${after}`;
    await expect(renewed).toMatchFileSnapshot(README);
  });
});
