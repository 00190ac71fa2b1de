import { afterEach, beforeEach, expect, it } from 'vitest';
import { runCli } from '../support/cli.js';
import { aiStage, providerOf, statsOf, type AiStage } from './ai-stage.js';

let on: AiStage;
beforeEach(() => {
  on = aiStage();
});
afterEach(async () => {
  await on.close();
});

it('cache: true keeps what all requests begin with, and tells what share of the input came from there', async () => {
  const fake = await on.fake({ wire: 'anthropic', cachesFrom: 100 });
  const task = 'Say what the review is about. '.repeat(40);
  const configOf = (cache: string): string => `
ai_providers:
  claude: ${providerOf(fake, ', kind: anthropic, models: [m]')}
state_dir: ./state
pipelines:
  default:
    stages:
      - ai: { model: m, max_tokens: 60, system: '${task}', prompt: 'Review: \${/q}', into: /a${cache} }
`;
  on.write('colloquium.yaml', configOf(', cache: true'));
  on.write('in.ndjson', Array.from({ length: 8 }, (_, i) => `{"q":"row ${i}"}\n`).join(''));
  const first = await on.run([
    'in.ndjson',
    '--limit',
    '4',
    '--concurrency',
    '1',
    '-o',
    'out.ndjson',
    '--stats',
    'json',
  ]);
  expect(first.exit, first.stderr).toBe(0);
  const { ai } = statsOf(first);
  const [read, written] = (['cacheRead', 'cacheWrite'] as const).map((kind) =>
    fake.records.reduce((sum, { usage }) => sum + (usage[kind] ?? 0), 0),
  );
  expect(ai).toMatchObject({
    cache_read_tokens: read,
    cache_write_tokens: written,
    spent_usd: Number(fake.billed) / 1e9,
  });
  expect(read).toBeGreaterThan(2 * (written ?? 0));
  const answers = on
    .read('out.ndjson')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { a: { usage: object } });
  expect(answers.map(({ a }) => a.usage)).toMatchObject([{ cached_tokens: 0 }, {}, {}, { cached_tokens: written }]);

  const second = await on.run(['in.ndjson', '-o', 'out.ndjson', '--concurrency', '1']);
  expect(second.stderr).toMatch(
    /4 AI calls, 4 answered from the journal, 4 attempts, \$\S+ spent, 9\d % of the input from caches\n/,
  );
  const told = await runCli(['cost'], { cwd: on.cwd });
  expect(told.stdout).toMatch(/\n8\d % of the input from caches: [\d,]+ tokens read, \d+ written\n/);
  // Without it the same questions are the same questions.
  on.write('colloquium.yaml', configOf(''));
  expect((await on.run(['in.ndjson', '-o', 'out.ndjson'])).exit).toBe(0);
  expect(fake.records).toHaveLength(8);
});
