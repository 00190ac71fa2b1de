import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../support/cli.js';
import { blocksOf, guide } from '../../support/guides.js';

/** What a recipe is tried with. test/computo-js/recipes.test.ts holds our own side to it. */
interface Trial {
  readonly text: string;
  readonly input: unknown;
  readonly output: unknown;
}

const trials = readFileSync(join(root, 'fixtures/computo-js/recipes.jsonl'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Trial);

/** How a job is done, as the guide to recipes writes it. */
interface Recipe {
  readonly job: string;
  readonly text: string;
  readonly jq?: string;
}

const RECIPES = (blocksOf(guide('recipes'))[0]?.text ?? '').split('\n\n').map((recipe): Recipe => {
  const [, job = '', text = '', jq] = /^(.*)\n {2}colloquium {2}(.*)(?:\n {2}jq {10}(.*))?\n?$/.exec(recipe) ?? [];
  return { job, text, ...(jq !== undefined && { jq }) };
});

describe('a recipe', () => {
  it.each(RECIPES)('is tried, and jq says the same: $job', ({ text, jq }) => {
    const own = trials.filter((trial) => trial.text === text);
    expect(own, text).not.toEqual([]);
    if (jq === undefined) return;
    const input = own.map((trial) => JSON.stringify(trial.input)).join('\n');
    const { stdout, stderr } = spawnSync('jq', ['-c', jq], { input, encoding: 'utf8' });
    expect(stderr).toBe('');
    const answers = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(answers).toEqual(own.map(({ output }) => output));
  });

  it('is missing for no job that is tried', () => {
    const told = new Set(RECIPES.map(({ text }) => text));
    expect(trials.filter(({ text }) => !told.has(text))).toEqual([]);
  });
});
