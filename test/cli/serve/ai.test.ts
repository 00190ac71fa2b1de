import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runCli, scratch } from '../../support/cli.js';
import { postLines, startDaemon, until } from '../../support/daemon.js';
import { startFakeProvider } from '../../support/fake-provider.js';
import { configOf, providerOf } from '../ai-stage.js';
import { lettersOf, textOf } from './hanging.js';

/** Without limits to go by, so many calls are in flight. */
const IN_FLIGHT_MAX = 16;

interface Answered {
  readonly q: string;
  readonly a: { readonly response: string; readonly cached: boolean };
}

it('a daemon with an AI stage pays for no event twice, killed or replayed', async () => {
  const fake = await startFakeProvider({ wire: 'openai', latencyMs: 20 });
  const cwd = scratch();
  // What startDaemon writes itself, and where the events go.
  const config = `${configOf({ openai: providerOf(fake) }).replace('state_dir: ./state\n', '')}    outputs: [{ file: ./out.ndjson }]\n`;
  const output = (): Answered[] =>
    existsSync(join(cwd, 'out.ndjson'))
      ? readFileSync(join(cwd, 'out.ndjson'), 'utf8')
          .split('\n')
          .slice(0, -1)
          .map((line) => JSON.parse(line) as Answered)
      : [];
  const rows = Array.from({ length: 60 }, (_, n) => `row ${n}`);

  const first = await startDaemon(config, { cwd });
  const response = await postLines(`${first.url}/events`, rows.map((q) => JSON.stringify({ q })).join('\n'));
  expect(response.status).toBe(202);
  await until(() => output().length >= 5, 'some are answered');
  await first.end('SIGKILL');

  const second = await startDaemon(config, { cwd });
  await until(() => output().length === 60, 'all are answered');
  expect(await second.end()).toBe(0);
  expect(output().map(({ q }) => q)).toEqual(rows);
  for (const { q, a } of output()) expect(a.response).toBe(q.toUpperCase());
  // Only calls that were in flight at the kill can have been asked twice.
  expect(fake.records.length).toBeLessThanOrEqual(60 + IN_FLIGHT_MAX);

  const asked = fake.records.length;
  const replayed = await runCli(['replay', '--since', '1h', '--no-progress'], { cwd });
  expect([replayed.exit, fake.records.length]).toEqual([0, asked]);
  const again = replayed.stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Answered);
  expect(again.map(({ q, a }) => [q, a.response, a.cached])).toEqual(rows.map((q) => [q, q.toUpperCase(), true]));
  await fake.close();
});

it('a daemon asks each step of a cascade its own model, and books it under the tags of the stage', async () => {
  const price = { input: 3_000n, output: 6_000n };
  const small = await startFakeProvider({ wire: 'openai', price });
  const large = await startFakeProvider({ wire: 'anthropic' });
  const cheap = `{ api_key: "${small.apiKey}", base_url: "${small.url}", models: [small], cost_per_token: { input: 0.000003, output: 0.000006 } }`;
  const stages = [
    `{ prompt: '\${/q}', max_tokens: 60, into: /a, tags: { team: search }, cascade: [{ model: small, accept: '$input == "EASY"' }, { model: large }] }`,
  ];
  const providers = { openai: cheap, anthropic: providerOf(large, ', models: [large]') };
  const config = configOf(providers, { stages }).replace('state_dir: ./state\n', '');
  const daemon = await startDaemon(`${config}    outputs: [{ file: ./out.ndjson }]\n`);
  const output = (): string[] => textOf(daemon.cwd, 'out.ndjson').split('\n').slice(0, -1);
  expect((await postLines(`${daemon.url}/events`, '{"q":"easy"}\n{"q":"hard"}')).status).toBe(202);
  await until(() => output().length === 2, 'both are answered');
  expect(output().map((line) => (JSON.parse(line) as { a: unknown }).a)).toMatchObject([
    { step: 1, model: 'small', response: 'EASY', attempts: 1 },
    { step: 2, model: 'large', response: 'HARD', attempts: 2 },
  ]);
  const metrics = await (await fetch(`${daemon.url}/metrics`)).text();
  expect(metrics).toContain('colloquium_ai_cascade_requests_total{pipeline="default",stage="ai-1",step="2"} 1\n');
  expect(await daemon.end()).toBe(0);
  const cost = await runCli(['cost', '--by', 'tag:team', '--format', 'csv'], { cwd: daemon.cwd });
  expect(cost.stdout.split('\n')[1]).toMatch(/^search,3,3,/);
  await Promise.all([small.close(), large.close()]);
});

it('an answer that is too much to be read is a dead letter, and the daemon goes on', async () => {
  const body = `{"choices":${'['.repeat(3_000_000)}${']'.repeat(3_000_000)}}`;
  const hasBody = (n: number): boolean => n > 0 && n < 5;
  const fake = await startFakeProvider({
    wire: 'openai',
    faults: (n) => (hasBody(n) ? { kind: 'body', body } : undefined),
  });
  const config = configOf({ openai: providerOf(fake) }).replace('state_dir: ./state\n', '');
  const daemon = await startDaemon(`${config}    outputs: [{ file: ./out.ndjson }]\n    dead_letter: ./dead.ndjson\n`);
  const output = (): string => textOf(daemon.cwd, 'out.ndjson');
  for (const [i, q] of ['first', 'second', 'third'].entries()) {
    expect((await postLines(`${daemon.url}/events`, JSON.stringify({ q }))).status).toBe(202);
    await until(() => output().split('\n').length + lettersOf(daemon.cwd).length === i + 2, `${q} is done`);
  }
  expect(await daemon.end()).toBe(0);
  expect(output()).toContain('"FIRST"');
  expect(output()).toContain('"THIRD"');
  const [letter, ...others] = lettersOf(daemon.cwd);
  expect(JSON.stringify(letter)).toContain('openai: the answer is nested more than 200 levels deep');
  expect(others).toEqual([]);
  await fake.close();
});

it('a daemon whose keys are refused asks again, and measures each', async () => {
  const fake = await startFakeProvider({ wire: 'openai' });
  const wrong = 'api_keys: [sk-wrong-0123456789, sk-wrong-9876543210]';
  const provider = providerOf(fake).replace(`api_key: "${fake.apiKey}"`, wrong);
  const config = configOf({ openai: provider }).replace('state_dir: ./state\n', '');
  const daemon = await startDaemon(`${config}    outputs: [{ file: ./out.ndjson }]\n`);
  await postLines(`${daemon.url}/events`, '{"q":"hi"}');
  for (const key of ['openai:', 'openai#2:'])
    expect((await daemon.says(`${key} HTTP 401`)).msg).toMatch(/; not used before \d{4}-/);
  const metrics = await (await fetch(`${daemon.url}/metrics`)).text();
  for (const label of ['openai', 'openai#2']) {
    expect(metrics).toContain(`colloquium_ai_breaker_state{provider="${label}",state="down"} 1`);
    expect(metrics).toContain(`colloquium_ai_limiter_wait_seconds_count{provider="${label}"} `);
  }
  await daemon.end();
  await fake.close();
});

it('a daemon whose budget has no room for a second attempt waits, and makes it under a larger one', async () => {
  const fake = await startFakeProvider({ wire: 'openai', reply: () => 'so many words '.repeat(36) });
  const configFor = (budget: number): string =>
    `${configOf({ openai: providerOf(fake) }).replace('state_dir: ./state\n', '')}    outputs: [{ file: ./out.ndjson }]\ncost_management: { daily_budget: ${budget} }\n`;
  const output = (): string[] => textOf(cwd, 'out.ndjson').split('\n').slice(0, -1);
  // The second attempt, with the larger cap, takes 0.016 dollars at the worst; the first takes 0.004.
  const first = await startDaemon(configFor(0.018));
  const { cwd } = first;
  expect((await postLines(`${first.url}/events`, '{"q":"hi"}')).status).toBe(202);
  const health = async (): Promise<string> => await (await fetch(`${first.url}/health`)).text();
  await until(async () => (await health()).includes('waits: the budget is spent'), 'it waits');
  expect([output(), lettersOf(cwd), fake.records.length]).toEqual([[], [], 1]);
  expect(await first.end()).toBe(0);

  const second = await startDaemon(configFor(1), { cwd });
  await until(() => output().length === 1, 'it is answered');
  expect(output()[0]).toContain('"attempts":2');
  expect(await second.end()).toBe(0);
  expect([lettersOf(cwd), fake.records.length]).toEqual([[], 2]);
  await fake.close();
});
