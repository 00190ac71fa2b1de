import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RECIPES, recipesPage } from '../../../src/cli/operators/recipes.js';
import { root, runCli } from '../../support/cli.js';

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

describe('a recipe', () => {
  it.each(RECIPES)('is tried, and jq says the same: $job', ({ text, jq }) => {
    const own = trials.filter((trial) => trial.text === text);
    expect(own).not.toEqual([]);
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

describe('colloquium help', () => {
  it('recipes prints the page that README has', async () => {
    const { stdout, exit } = await runCli(['help', 'recipes']);
    expect([stdout, exit]).toEqual([recipesPage(), 0]);
    expect(readFileSync(join(root, 'README.md'), 'utf8')).toContain(`\`\`\`text\n${recipesPage()}\`\`\`\n`);
  });

  it('says of a command what its --help says', async () => {
    const [help, flag] = await Promise.all([runCli(['help', 'check']), runCli(['check', '--help'])]);
    expect([help.stdout, help.exit]).toEqual([flag.stdout, 0]);
  });

  it('names its topics where there is none', async () => {
    const { stderr, exit } = await runCli(['help', 'nothing']);
    expect(stderr).toContain('there is no help on "nothing"');
    expect(exit).toBe(2);
  });
});
