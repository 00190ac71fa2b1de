import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { resultOf, runCli, startCli } from '../support/cli.js';
import type { FakeProvider } from '../support/fake-provider.js';
import { perTest } from '../support/per-test.js';
import { aiStage, rowsOf } from './ai-stage.js';

const on = perTest(aiStage);

/** The variables of a user who has no state folder in the environment. */
const env = (fake: FakeProvider) => ({ XDG_STATE_HOME: '', MY_KEY: fake.apiKey });

function question(fake: FakeProvider): readonly string[] {
  const server = ['--base-url', fake.url, '--api-key-env', 'MY_KEY'];
  return [
    ...server,
    '--model',
    'llama3',
    '--prompt',
    '${/q}',
    '--max-tokens',
    '60',
    '--into',
    '/a',
    '-o',
    'out.ndjson',
  ];
}

it('shows costs and calls of a run without a config in its folder, and elsewhere names the folder that has none', async () => {
  const fake = await on.fake({ wire: 'openai-compatible' });
  on.write('in.ndjson', rowsOf(3));
  const look = async (folder: string, ...args: string[]) =>
    await runCli(args, { cwd: join(on.cwd, folder), env: { ...env(fake), HOME: on.cwd } });
  const run = await on.run([...question(fake), 'in.ndjson'], { env: env(fake) });
  expect(run.exit, run.stderr).toBe(0);
  expect(fake.records).toHaveLength(3);

  const cost = await look('.', 'cost', '--by', 'model', '--format', 'json');
  expect([cost.exit, cost.stderr]).toEqual([0, '']);
  expect(JSON.parse(cost.stdout)).toMatchObject({ groups: [{ model: 'llama3', requests: 3 }] });
  expect((await look('.', 'journal', 'ls')).stdout.trim().split('\n')).toHaveLength(3);

  mkdirSync(join(on.cwd, 'other'));
  for (const command of [['cost'], ['journal', 'ls'], ['journal', 'doubtful'], ['journal', 'batches']]) {
    const elsewhere = await look('other', ...command);
    expect(elsewhere.exit).toBe(0);
    expect(elsewhere.stderr).toContain(`no config is found, and ${join(on.cwd, 'other/.colloquium')} has no record`);
  }
  on.write('other/colloquium.yaml', 'state_dir: ./state\n');
  expect((await look('other', 'cost')).stderr).toContain(
    `${join(on.cwd, 'other/state')} has no record of AI calls: if the run had another config, name it with -c`,
  );

  const again = await on.run([...question(fake), 'in.ndjson'], { env: env(fake) });
  expect(again.exit, again.stderr).toBe(0);
  expect(fake.records).toHaveLength(3);
});

it('lists, fetches and cancels batches that were sent without a config', async () => {
  const fake = await on.fake({ wire: 'openai-compatible', batches: { looks: Infinity } });
  on.write('in.ndjson', rowsOf(4));
  const child = startCli([...question(fake), '--lane', 'batch', '--max-batch', '2', '--no-progress', 'in.ndjson'], {
    cwd: on.cwd,
    env: env(fake),
  });
  const ended = resultOf(child);
  await expect.poll(() => fake.batches.length, { timeout: 60_000 }).toBe(2);
  child.kill('SIGINT');
  const stopped = await ended;
  expect(stopped.exit, stopped.stderr).toBe(130);

  const batches = async (...args: string[]) =>
    await runCli(['journal', 'batches', ...args], { cwd: on.cwd, env: env(fake) });
  const listed = (await batches('--format', 'json')).stdout.trim().split('\n');
  const [first, second] = listed.map((line) => (JSON.parse(line) as { id: string }).id);
  const keyless = await batches('--fetch', first ?? '');
  expect([keyless.exit, keyless.stderr]).toEqual([69, expect.stringContaining('--api-key-env names the variable')]);
  const key = ['--api-key-env', 'MY_KEY'];
  expect((await batches('--fetch', first ?? '', ...key)).stdout).toContain('is not ready yet: 0 of 2 requests');
  for (const id of [first ?? '', second ?? '']) {
    const cancelled = await batches('--cancel', id, ...key);
    expect([cancelled.exit, cancelled.stderr]).toEqual([0, expect.stringContaining(`batch ${id} ended`)]);
  }
  expect(fake.batches.map(({ status }) => status)).not.toContain('running');
  expect((await batches(...key)).exit).toBe(2);
});
