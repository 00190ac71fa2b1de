import { expect, it } from 'vitest';
import { fakeVector } from '../support/fake-provider.js';
import { runCli } from '../support/cli.js';
import { perTest } from '../support/per-test.js';
import { aiStage, providerOf, statsOf } from './ai-stage.js';

const on = perTest(aiStage);

const STAGE = '{ model: text-embedding-3-small, input: /text, into: /vector, dimensions: 4 }';

/** What else may be said of a stage. */
const MORE = ', providers: [openai], route: ordered, dedupe: true, in_doubt: retry, name: vectors }';

function configOf(provider: string, stage = STAGE): string {
  return `ai_providers:\n  ${provider}\nstate_dir: ./state\npipelines:\n  default:\n    stages:\n      - embed: ${stage}\n`;
}

function rowsOf(from: number, to: number): string {
  const rows = Array.from({ length: to - from }, (_, i) => ({
    id: from + i,
    text: `row ${from + i} ${'x'.repeat(i % 90)}`,
  }));
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}

it('asks for the vectors of many rows at once, pays the bill to the nano-dollar, and nothing twice', async () => {
  // While four are under way, only a request that is full is sent: so most rows are gathered before the first answer.
  let taken = 0;
  let requestsAtRelease = 0;
  let release = (): void => undefined;
  const hold = new Promise<void>((resolve) => (release = resolve));
  const fake = await on.fake({
    hold,
    faults(n, { texts }) {
      if (taken <= 200) requestsAtRelease = n + 1;
      taken += texts.length;
      if (taken > 200) release();
      return texts.includes('poison') ? { kind: 'status', status: 400, message: 'no' } : undefined;
    },
  });
  on.write('colloquium.yaml', configOf(`openai: ${providerOf(fake)}`, STAGE.replace(' }', MORE)));
  on.write('in.ndjson', rowsOf(0, 300));
  const first = await on.run(['in.ndjson', '-o', 'out.ndjson', '--stats', 'json']);
  expect(first.exit, first.stderr).toBe(0);
  const lines = on.read('out.ndjson').trim().split('\n');
  expect(lines).toHaveLength(300);
  for (const [i, line] of lines.entries()) {
    const { id, text, vector } = JSON.parse(line) as { id: number; text: string; vector: number[] };
    expect([id, vector]).toEqual([i, fakeVector(text, 4)]);
  }
  expect(requestsAtRelease).toBeLessThanOrEqual(4 + 2);
  expect(statsOf(first).ai).toMatchObject({ calls: 300, cached: 0, failed: 0, requests: fake.records.length });

  // What is known is not asked for again, however it is put together with what is new.
  const before = fake.records.length;
  on.write('more.ndjson', `${rowsOf(0, 300)}{"id":-1,"text":"poison"}\n${rowsOf(300, 310)}`);
  const more = await on.run(['more.ndjson', '-o', 'more-out.ndjson', '--dead-letter', 'dead.ndjson']);
  expect(more.exit, more.stderr).toBe(3);
  expect(on.read('more-out.ndjson').trim().split('\n')).toHaveLength(310);
  expect(on.read('dead.ndjson')).toContain('"ai_provider_error"');
  expect(on.read('dead.ndjson').trim().split('\n')).toHaveLength(1);
  const asked = fake.records.slice(before).flatMap(({ call }) => call.texts);
  expect(new Set(asked).size).toBe(11);

  const sent = fake.records.length;
  await on.run(['in.ndjson', '-o', 'again.ndjson']);
  expect(on.read('again.ndjson')).toBe(on.read('out.ndjson'));
  expect(fake.records).toHaveLength(sent);

  const cost = await runCli(['cost', '--by', 'stage', '--format', 'json'], { cwd: on.cwd });
  const nano = fake.billed.toString().padStart(10, '0');
  expect(cost.stdout).toContain(`${nano.slice(0, -9)}.${nano.slice(-9)}`.replace(/0+$/, ''));
});

it('is told by check when no provider has vectors', async () => {
  on.write('colloquium.yaml', configOf('anthropic: { api_key: "sk-ant-0123456789" }'));
  const { exit, stderr, stdout } = await runCli(['check'], { cwd: on.cwd });
  expect(exit).toBe(78);
  expect(stdout + stderr).toContain('no provider of this stage has embeddings: anthropic');
});

it('asks for vectors in batches at half the price, each of a text or of a list of them', async () => {
  const fake = await on.fake();
  const lane = ', lane: batch, max_batch: 3, deadline: 1d }';
  on.write('colloquium.yaml', configOf(`openai: ${providerOf(fake)}`, STAGE.replace(' }', lane)));
  on.write('in.ndjson', rowsOf(0, 5));
  const run = ['run', '-o', 'out.ndjson', 'in.ndjson'];
  const first = await on.run(run);
  expect(first.exit, first.stderr).toBe(0);
  const linesOf = (text: string): readonly { text: string; vector: unknown }[] =>
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { text: string; vector: unknown });
  for (const { text, vector } of linesOf(on.read('out.ndjson'))) expect(vector).toEqual(fakeVector(text, 4));
  expect(fake.batches.map(({ rows }) => rows.length)).toEqual([3, 2]);
  const list = STAGE.replace('/text', `'[/text, "x"]'`).replace(' }', ', lane: auto, min_batch: 2 }');
  on.write('colloquium.yaml', configOf(`openai: ${providerOf(fake)}`, list));
  const second = await on.run(run);
  expect(second.exit, second.stderr).toBe(0);
  for (const { text, vector } of linesOf(on.read('out.ndjson')))
    expect(vector).toEqual([fakeVector(text, 4), fakeVector('x', 4)]);
  expect(fake.batches.map(({ rows }) => rows.length)).toEqual([3, 2, 5]);
  const { stdout } = await runCli(['cost', '--by', 'lane', '--format', 'json'], { cwd: on.cwd });
  const { groups } = JSON.parse(stdout) as { groups: { lane: string; cost: number }[] };
  expect(groups.map((group) => [group.lane, Math.round(group.cost * 1e9)])).toEqual([['batch', Number(fake.billed)]]);
});
