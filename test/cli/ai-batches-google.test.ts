import { afterEach, describe, expect, it } from 'vitest';
import { resultOf, runCli, startCli } from '../support/cli.js';
import type { FakeBatchOptions } from '../support/fake-batches.js';
import { fakeVector, type FakeProvider } from '../support/fake-provider.js';
import { aiStage, configOf, providerOf, rowsOf, type AiStage } from './ai-stage.js';

const BATCH = ['run', '--lane', 'batch', '-o', 'out.ndjson', 'in.ndjson'];
const ROWS = 12;

interface Group {
  readonly lane: string;
  readonly cost: number;
  readonly unknown_requests: number;
  readonly unknown_at_most: number;
}

/** Google gives no results of a batch that was cancelled, or has expired, and nothing says what it bills. */
describe('a batch of Google without results', () => {
  let stage: AiStage;
  afterEach(() => stage.close());

  const lines = (text: string): readonly Record<string, unknown>[] =>
    text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  const answers = (): readonly string[] =>
    lines(stage.read('out.ndjson')).map(({ a }) => (a as { readonly response: string }).response);
  const wanted = lines(rowsOf(ROWS)).map(({ q }) => String(q).toUpperCase());
  const setup = async (batches: FakeBatchOptions, more = ''): Promise<FakeProvider> => {
    stage = aiStage();
    const fake = await stage.fake({ wire: 'google', batches });
    const request = `{ into: /a, request: { model: gemini-2.5-flash, prompt: "\${/q}", max_tokens: 60 }${more} }`;
    stage.write('colloquium.yaml', configOf({ google: providerOf(fake) }, { stages: [request] }));
    stage.write('in.ndjson', rowsOf(ROWS));
    return fake;
  };
  const costs = async (): Promise<Readonly<Record<string, Group | undefined>>> => {
    const { stdout } = await runCli(['cost', '--by', 'lane', '--format', 'json'], { cwd: stage.cwd });
    const { groups } = JSON.parse(stdout) as { readonly groups: readonly Group[] };
    return Object.fromEntries(groups.map((group) => [group.lane, group]));
  };
  const nano = (dollars: number | undefined): number => Math.round((dollars ?? 0) * 1e9);
  const listed = async (): Promise<readonly Record<string, unknown>[]> =>
    lines((await runCli(['journal', 'batches', '--format', 'json'], { cwd: stage.cwd })).stdout);

  /** Ends a run while its batch is out. */
  const leaveOut = async (fake: FakeProvider): Promise<void> => {
    const child = startCli([...BATCH, '--no-progress'], { cwd: stage.cwd });
    const ended = resultOf(child);
    await expect.poll(() => fake.batches.length, { timeout: 60_000 }).toBe(1);
    child.kill('SIGINT');
    await ended;
  };

  it('that is cancelled at the deadline is in doubt at its worst, and its requests are asked live', async () => {
    const fake = await setup({ looks: Infinity });
    await leaveOut(fake);
    const result = await stage.run([...BATCH, '--deadline', '1s']);
    expect(result.exit, result.stderr).toBe(0);
    expect(result.stderr).toMatch(/batch \w+ \(batches\/batch-0\) is in doubt: it was cancelled, and Google gives no /);
    expect(result.stderr).toMatch(/it is made again, and so is each like it, at its own price/);
    expect(answers()).toEqual(wanted);
    const [batch] = await listed();
    expect(batch).toMatchObject({ state: 'closed', rows: ROWS, cost: 0, cost_at_most: batch?.['at_most'] });
    expect(batch?.['outcome']).toMatch(/^in doubt: it was cancelled/);
    const { batch: doubtful, live } = await costs();
    expect(doubtful).toMatchObject({ cost: 0, unknown_requests: ROWS });
    expect(nano(doubtful?.unknown_at_most)).toBe(nano(Number(batch?.['at_most'])));
    // The fake has answered one of them before it was cancelled, and bills it.
    const paid = fake.records.slice(1).reduce((sum, { billed }) => sum + billed, 0n);
    expect([live?.unknown_requests, nano(live?.cost)]).toEqual([0, Number(paid)]);
    expect(Number(fake.billed - paid)).toBeLessThanOrEqual(nano(doubtful?.unknown_at_most));
    const shown = await runCli(['cost'], { cwd: stage.cwd });
    expect(shown.stdout).toMatch(/not in the sum: 12 requests without an answer, which may be billed: at most \$0\.\d/);
    const table = await runCli(['journal', 'batches'], { cwd: stage.cwd });
    expect(table.stdout).toMatch(/ \$0\S* to \$0\.\d*[1-9]/);
    // All of them have answers now.
    const left = await runCli(['journal', 'doubtful', '--format', 'json'], { cwd: stage.cwd });
    expect(JSON.parse(left.stdout)).toMatchObject({ count: 0 });
  });

  it('that expires goes into the next one, and its worst case counts in the budget', async () => {
    const fake = await setup({ looks: 0, fails: (batch) => (batch === 0 ? 'expired' : undefined) });
    const result = await stage.run(BATCH);
    expect(result.exit, result.stderr).toBe(0);
    expect(answers()).toEqual(wanted);
    expect(result.stderr).toContain('is in doubt: it has expired');
    expect(result.stderr).toContain('12 requests of it were in doubt, and may have been billed: asked again ');
    expect(fake.batches.map(({ rows }) => rows.length)).toEqual([ROWS, ROWS]);
    const [first, second] = await listed();
    const { batch, live } = await costs();
    expect([live, batch?.unknown_requests]).toEqual([undefined, ROWS]);
    expect(nano(batch?.cost)).toBe(nano(Number(second?.['cost'])));
    // As much as the two can cost, and no more.
    const atMost = nano(Number(first?.['at_most'])) + nano(Number(second?.['at_most']));
    await stage.close();
    await setup({ looks: 0, fails: () => 'expired' });
    const spent = await stage.run([...BATCH, '--max-cost', ((atMost * 0.75) / 1e9).toFixed(9)]);
    expect([spent.exit, spent.stderr]).toEqual([75, expect.stringContaining('what no batch has answered is more')]);
  });

  it('makes dead letters, or stops the run, where in_doubt says so', async () => {
    const fake = await setup({ looks: Infinity }, ', in_doubt: fail');
    await leaveOut(fake);
    const failing = await stage.run([...BATCH, '--deadline', '1s', '--dead-letter', 'dead.ndjson']);
    expect([failing.exit, stage.read('out.ndjson')], failing.stderr).toEqual([3, '']);
    expect(lines(stage.read('dead.ndjson'))).toHaveLength(ROWS);
    expect(stage.read('dead.ndjson')).toContain('was in a batch that brought no certain result of it');
    expect(fake.records).toHaveLength(1);
    stage.write('colloquium.yaml', stage.read('colloquium.yaml').replace('in_doubt: fail', 'in_doubt: hold'));
    const held = await stage.run(BATCH);
    expect([held.exit, held.stderr]).toEqual([75, expect.stringContaining('in_doubt is hold: decide')]);
    expect(fake.records).toHaveLength(1);
  });

  it('is ended by journal batches --cancel, which says what it may cost', async () => {
    let looks = Infinity;
    const batches = {
      get looks() {
        return looks;
      },
    };
    const fake = await setup(batches);
    await leaveOut(fake);
    const [batch] = await listed();
    const cancelled = await runCli(['journal', 'batches', '--cancel', String(batch?.['id'])], { cwd: stage.cwd });
    expect([cancelled.exit, cancelled.stdout], cancelled.stderr).toEqual([
      0,
      expect.stringMatching(
        /^batch \w+ is in doubt: it was cancelled, and Google gives no results of such a batch; it costs \$0\S* to \$0\.\d/,
      ),
    ]);
    const doubtful = await runCli(['journal', 'doubtful', '--format', 'json'], { cwd: stage.cwd });
    expect(JSON.parse(doubtful.stdout)).toMatchObject({ count: ROWS });
    looks = 0;
    const result = await stage.run(BATCH);
    expect(result.exit, result.stderr).toBe(0);
    expect(answers()).toEqual(wanted);
    expect(fake.batches.map(({ rows }) => rows.length)).toEqual([ROWS, ROWS]);
  });
});

describe('embed in batches of Google', () => {
  let stage: AiStage;
  afterEach(() => stage.close());

  it('sends one text in each request, and asks live for the vectors of lists, which is told', async () => {
    stage = aiStage();
    const fake = await stage.fake({ wire: 'google' });
    const embed = (input: string): string =>
      `ai_providers:\n  google: ${providerOf(fake)}\nstate_dir: ./state\npipelines:\n  default:\n    stages: [{ embed: { model: gemini-embedding-001, input: ${input}, into: /v, dimensions: 4, lane: batch } }]\n`;
    stage.write('in.ndjson', '{"q":"a"}\n{"q":"b"}\n{"q":"c"}\n');
    stage.write('colloquium.yaml', embed('/q'));
    const check = await runCli(['check'], { cwd: stage.cwd });
    expect(check.exit, check.stderr).toBe(0);
    const run = ['run', '-o', 'out.ndjson', 'in.ndjson'];
    const single = await stage.run(run);
    expect(single.exit, single.stderr).toBe(0);
    const vectors = (): readonly unknown[] =>
      stage
        .read('out.ndjson')
        .split('\n')
        .slice(0, -1)
        .map((line) => (JSON.parse(line) as { readonly v: unknown }).v);
    expect(vectors()).toEqual(['a', 'b', 'c'].map((text) => fakeVector(text, 4)));
    expect(fake.batches.map(({ rows }) => rows.length)).toEqual([3]);
    const { stdout } = await runCli(['cost', '--by', 'lane', '--format', 'json'], { cwd: stage.cwd });
    const { groups } = JSON.parse(stdout) as { readonly groups: readonly Group[] };
    expect(groups.map(({ lane, cost }) => [lane, Math.round(cost * 1e9)])).toEqual([['batch', Number(fake.billed)]]);
    stage.write('colloquium.yaml', embed(`'[/q, "x"]'`));
    const lists = await stage.run(run);
    expect(lists.exit, lists.stderr).toBe(0);
    expect(vectors()).toEqual(['a', 'b', 'c'].map((text) => [fakeVector(text, 4), fakeVector('x', 4)]));
    expect(lists.stderr).toContain(
      'has batches for the vectors of a list of texts: gemini-embedding-001 is asked live',
    );
    expect(fake.batches).toHaveLength(1);
  });
});
