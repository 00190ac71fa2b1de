import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { resultOf, runCli, startCli } from '../support/cli.js';
import { aiStage, providerOf, type AiStage } from './ai-stage.js';

let on: AiStage;
beforeEach(() => {
  on = aiStage();
});
afterEach(async () => {
  await on.close();
});

const ROWS = 40;

function configOf(small: string, large: string, accept: string): string {
  return `
ai_providers:
  cheap: ${small}
  dear: ${large}
state_dir: ./state
pipelines:
  default:
    stages:
      - ai:
          max_tokens: 30
          prompt: '\${/q}'
          into: /a
          tags: { team: search }
          cascade: [{ model: small, accept: '${accept}' }, { model: large }]
    outputs: [{ file: ./out.ndjson }]
`;
}

interface Bill {
  readonly cost_usd: { readonly likely: number; readonly worst: number; readonly low: number; readonly high: number };
  readonly stages: readonly { readonly stage: string; readonly calls: number }[];
  readonly cascades: readonly unknown[];
}

it('asks the dear model for few rows, foretells how many, and pays no step twice over a kill between them', async () => {
  let stopped: () => void = () => undefined;
  const hangs = new Promise<void>((resolve) => (stopped = resolve));
  const hanging = { now: false };
  const price = { input: 3_000n, output: 6_000n };
  const small = await on.fake({ price, reply: ({ texts }) => (/[05]$/.test(texts.at(-1) ?? '') ? 'NO' : 'OK') });
  const large = await on.fake({
    wire: 'anthropic',
    faults: () => (hanging.now ? { kind: 'hang', billed: true } : undefined),
    onHang: () => stopped(),
  });
  const cheap = `{ kind: openai, models: [small], api_key: "${small.apiKey}", base_url: "${small.url}", cost_per_token: { input: 0.000003, output: 0.000006 } }`;
  const config = configOf(cheap, providerOf(large, ', kind: anthropic, models: [large]'), '$input == "OK"');
  on.write('colloquium.yaml', config);
  on.write('in.ndjson', Array.from({ length: ROWS }, (_, i) => `{"q":"row ${i}"}\n`).join(''));

  const bill = async (...args: string[]): Promise<Bill> => {
    const { stderr, exit } = await on.run(['--dry-run', '--stats', 'json', ...args, 'in.ndjson']);
    expect(exit, stderr).toBe(0);
    return JSON.parse(stderr.trim().split('\n').at(-1) ?? '') as Bill;
  };
  const before = await bill();
  const step = { stage: 'ai-1', step: 2, model: 'large' };
  expect(before.cascades).toEqual([{ ...step, from: 'assumed', judged: 0, moved: 0, share: 1 }]);
  expect(before.stages).toMatchObject([
    { stage: 'ai-1 step 1 (small)', calls: ROWS },
    { stage: 'ai-1 step 2 (large)', calls: ROWS },
  ]);
  const sampled = await bill('--sample', '10');
  const moved = large.records.length;
  expect(small.records).toHaveLength(10);
  expect(sampled.cascades).toEqual([{ ...step, from: 'sample', judged: 10, moved, share: moved / 10 }]);
  expect(sampled.stages[1]).toMatchObject({ calls: Math.round((moved / 10) * 30) });
  const known = await on.run(['--dry-run', 'in.ndjson']);
  expect(known.stderr).toContain(
    `ai-1 step 2 (large): ${moved} of 10 answers in the journal moved on to it: that share of the others is counted`,
  );

  hanging.now = true;
  const child = startCli(['in.ndjson', '--no-progress'], { cwd: on.cwd });
  const killed = resultOf(child);
  await hangs;
  child.kill('SIGKILL');
  expect((await killed).exit).toBe('SIGKILL');
  hanging.now = false;

  const resumed = await on.run(['--resume', 'in.ndjson', '--stats', 'json']);
  expect(resumed.exit, resumed.stderr).toBe(0);
  const answers = readFileSync(join(on.cwd, 'out.ndjson'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { q: string; a: { step: number; response: string } });
  expect(answers.map(({ q }) => q)).toEqual(Array.from({ length: ROWS }, (_, i) => `row ${i}`));
  expect(answers.every(({ q, a }) => a.step === (/[05]$/.test(q) ? 2 : 1))).toBe(true);
  const answered = small.records.filter(({ fault }) => fault === undefined).map(({ call }) => call.texts.join());
  // What was under way at the kill may have been answered, and is in doubt; all else was asked once.
  const cost = async (...args: string[]) => await runCli(['cost', ...args], { cwd: on.cwd });
  const { cascades, period } = JSON.parse((await cost('--format', 'json')).stdout) as {
    cascades: { cost: number; all_at_last_about: number; steps: { step: number; model: string; cost: number }[] }[];
    period: { cost: number; unknown_requests: number; unknown_at_most: number };
  };
  const billed = Number(small.billed + large.billed) / 1e9;
  expect(answered.length - new Set(answered).size).toBeLessThanOrEqual(period.unknown_requests);
  expect(period.cost).toBeLessThanOrEqual(billed);
  expect(billed).toBeLessThanOrEqual(period.cost + period.unknown_at_most + 1e-9);
  expect(cascades).toMatchObject([
    {
      pipeline: 'default',
      stage: 'ai-1',
      last_model: 'large',
      steps: [
        { step: 1, model: 'small' },
        { step: 2, model: 'large' },
      ],
    },
  ]);
  const [cascade] = cascades;
  expect(cascade?.cost).toBeLessThan(cascade?.all_at_last_about ?? 0);
  const told = await cost('--by', 'tag:team');
  expect(told.stdout).toMatch(/cascade +step +model/);
  expect(told.stdout).toMatch(/default\/ai-1: \$\S+; large for all rows: about \$\S+, by the tokens of step 1\n/);

  // Another accept judges what is there: --resume is refused, and a whole run pays for what it has no answer to.
  on.write('colloquium.yaml', config.replace('"OK"', '"NO"'));
  expect((await on.run(['--resume', 'in.ndjson'])).exit).toBe(2);
  const asked = small.records.length;
  const other = await on.run(['in.ndjson', '-o', 'other.ndjson']);
  expect(other.exit, other.stderr).toBe(0);
  expect(small.records).toHaveLength(asked);
  expect(on.read('other.ndjson').trim().split('\n')).toHaveLength(ROWS);
});
