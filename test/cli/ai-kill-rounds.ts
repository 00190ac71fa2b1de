import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { nanoOfDollars } from '../../src/ai/money/index.js';
import { resultOf, root, runCli, scratch, startCli } from '../support/cli.js';
import { until } from '../support/daemon.js';
import { startFakeProvider } from '../support/fake-provider.js';

const CONCURRENCY = 16;
const MODELS = { openai: 'gpt-4', anthropic: 'claude-3-haiku' } as const;

const config = (urls: { readonly openai: string; readonly anthropic: string }): string => `
ai_providers:
  openai:
    api_key: \${OPENAI_API_KEY}
    base_url: ${urls.openai}
    models: [gpt-4]
    cost_per_token: { input: 0.00003, output: 0.00006 }
  anthropic:
    api_key: \${ANTHROPIC_API_KEY}
    base_url: ${urls.anthropic}
    models: [claude-3-haiku]
    cost_per_token: { input: 0.00003, output: 0.00006 }
cost_management: { daily_budget: 1000 }
state_dir: ./state
pipelines:
  default:
    stages:
      - ai:
          request: [obj, provider, [$input, /provider], model, [$input, /model], max_tokens, 200,
                    messages, [[obj, role, user, content, [$input, /question]]]]
          into: /ai
      - computo: [obj, n, [$input, /n], question, [$input, /question], answer, [$input, /ai/response], provider, [$input, /ai/provider]]
`;

/** What `cost` tells, against what the providers have billed, to the nano-dollar. */
async function expectMoneyTold(cwd: string, billed: bigint, sent: number): Promise<void> {
  const { stdout, stderr } = await runCli(['cost', '--format', 'csv'], { cwd });
  const [titles = '', ...days] = stdout.trim().split('\n');
  const columns = titles.split(',');
  const sum = (title: string): bigint =>
    days.reduce((total, day) => total + nanoOfDollars(day.split(',')[columns.indexOf(title)] ?? ''), 0n);
  const exact = sum('cost_exact');
  const inDoubt = sum('unknown_at_most') + sum('cost_estimated_at_most');
  expect(exact, stderr).toBeLessThanOrEqual(billed);
  expect(billed).toBeLessThanOrEqual(exact + inDoubt);
  if (inDoubt === 0n) expect(exact).toBe(billed);
  // Every request that reached a provider is in the ledger, and whatever was asked twice was in doubt.
  const told = days.reduce((total, day) => total + Number(day.split(',')[columns.indexOf('requests')]), 0);
  expect(told).toBeGreaterThanOrEqual(sent);
}

/**
 * Runs real questions through two fake providers, kills the run at random moments, resumes it each time, and holds the end
 * to what is promised: every row once and in order, with the answer to its own question, and nothing paid twice but what
 * was in flight when it was killed.
 */
export async function killAndResume({ rows, kills }: { readonly rows: number; readonly kills: number }): Promise<void> {
  const cwd = scratch();
  const fakes = {
    openai: await startFakeProvider({ wire: 'openai', latencyMs: 10, streamMs: 10 }),
    anthropic: await startFakeProvider({ wire: 'anthropic', latencyMs: 10, streamMs: 10 }),
  };
  const asked = (): number => fakes.openai.records.length + fakes.anthropic.records.length;
  try {
    writeFileSync(join(cwd, 'colloquium.yaml'), config({ openai: fakes.openai.url, anthropic: fakes.anthropic.url }));
    const questions = readFileSync(join(root, 'fixtures/gsm8k-test.jsonl'), 'utf8').split('\n').slice(0, rows);
    const input = questions.map((line, n) => {
      const provider = n % 2 === 0 ? 'openai' : 'anthropic';
      return { n, ...(JSON.parse(line) as { question: string }), provider, model: MODELS[provider] };
    });
    writeFileSync(join(cwd, 'in.ndjson'), input.map((row) => `${JSON.stringify(row)}\n`).join(''));

    const env = { OPENAI_API_KEY: fakes.openai.apiKey, ANTHROPIC_API_KEY: fakes.anthropic.apiKey };
    const args = ['--resume', '-o', 'out.ndjson', 'in.ndjson', '--concurrency', String(CONCURRENCY), '--no-progress'];
    for (let kill = 0; kill < kills; kill++) {
      const child = startCli(args, { cwd, env });
      const ended = resultOf(child);
      const enough = asked() + Math.random() * (rows / kills);
      await until(() => asked() > enough || child.exitCode !== null, 'it is under way');
      child.kill('SIGKILL');
      await ended;
    }
    const last = await runCli(args, { cwd, env });
    expect(last.exit, last.stderr).toBe(0);

    const out = readFileSync(join(cwd, 'out.ndjson'), 'utf8').split('\n').slice(0, -1);
    expect(out.map((line) => JSON.parse(line) as unknown)).toEqual(
      input.map(({ n, question, provider }) => ({ n, question, answer: question.toUpperCase(), provider })),
    );
    expect([...fakes.openai.deviations, ...fakes.anthropic.deviations]).toEqual([]);
    const sent = asked();
    expect(sent).toBeGreaterThanOrEqual(rows);
    expect(sent).toBeLessThanOrEqual(rows + kills * CONCURRENCY);
    await expectMoneyTold(cwd, fakes.openai.billed + fakes.anthropic.billed, sent);
  } finally {
    await Promise.all([fakes.openai.close(), fakes.anthropic.close()]);
  }
}
