import { expect, it } from 'vitest';
import { runCli } from '../support/cli.js';

it('lists the models that the price table knows, for people and as lines that can be filtered', async () => {
  const shown = await runCli(['models', '--search', 'Haiku']);
  expect(shown.exit, shown.stderr).toBe(0);
  expect(shown.stdout).toMatch(/^provider +model +input \$\/M +cached +output \$\/M +context +modalities\n/);
  expect(shown.stdout).toMatch(/^anthropic +claude-haiku-4-5 +1 +0\.1 +5 +200,000 +text$/m);
  expect(shown.stdout).toMatch(
    /models; US dollars per million tokens today, from @pydantic\/genai-prices \d\S* of \d{4}-\d\d-\d\d/,
  );

  const lines = await runCli(['models', '--format', 'json']);
  const large = await runCli(['--filter', 'value.or(/context_window, 0) >= 1000000', '-e', '/provider'], {
    input: lines.stdout,
  });
  expect(large.exit, large.stderr).toBe(0);
  expect(large.stdout).toContain('openrouter');
  expect(large.stdout.length).toBeLessThan(lines.stdout.length / 10);
});

it('says how a model is used that is not listed', async () => {
  const { exit, stderr } = await runCli(['models', '--search', 'no such model']);
  expect(exit).toBe(2);
  expect(stderr).toContain('no known model has "no such model" in its name');
  expect(stderr).toContain('cost_per_token in the config gives its price');
});
