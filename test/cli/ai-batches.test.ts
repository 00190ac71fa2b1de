import { afterEach, describe, expect, it } from 'vitest';
import { runCli, resultOf, startCli } from '../support/cli.js';
import type { BatchStep, RowFate } from '../support/fake-batches.js';
import { aiStage, configOf, providerOf, rowsOf, type AiStage } from './ai-stage.js';

const BATCH = ['run', '--lane', 'batch', '--max-batch', '10', '-o', 'out.ndjson', 'in.ndjson'];

describe('run --lane batch', () => {
  let stage: AiStage;
  afterEach(() => stage.close());

  const answers = (): readonly string[] =>
    stage
      .read('out.ndjson')
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { a: { response: string } }).a.response);
  const wanted = (rows: number): readonly string[] =>
    rowsOf(rows)
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { q: string }).q.toUpperCase());
  const costs = async (): Promise<Record<string, { cost: number; unknown_requests: number }>> => {
    const { stdout } = await runCli(['cost', '--by', 'lane', '--format', 'json'], { cwd: stage.cwd });
    const { groups } = JSON.parse(stdout) as { groups: { lane: string; cost: number; unknown_requests: number }[] };
    return Object.fromEntries(groups.map((group) => [group.lane, group]));
  };

  it('answers all rows in order at half the price, and asks again what a batch leaves out', async () => {
    stage = aiStage();
    const fates: readonly RowFate[] = [
      'answered',
      'doubled',
      'expired',
      'errored',
      'answered',
      'contradicted',
      'invalid',
    ];
    const fake = await stage.fake({
      batches: { fate: (row, batch) => (batch < 2 ? fates[row % 7] : 'answered') ?? 'answered' },
    });
    stage.write('colloquium.yaml', configOf({ openai: providerOf(fake) }));
    stage.write('in.ndjson', rowsOf(20));
    const result = await stage.run(BATCH);
    expect(result.exit, result.stderr).toBe(0);
    expect(answers()).toEqual(wanted(20));
    // Those of two results are in doubt, asked again with the others, and what is billed for them is named apart.
    expect(fake.batches.map(({ rows }) => rows.length)).toEqual([10, 10, 8]);
    expect(result.stderr).toContain('2 requests of it were in doubt, and may have been billed: asked again ');
    const { batch, live } = await costs();
    expect([batch?.unknown_requests, live?.unknown_requests]).toEqual([2, 0]);
    const listed = await runCli(['journal', 'batches', '--format', 'json'], { cwd: stage.cwd });
    const [first] = listed.stdout.split('\n');
    expect(JSON.parse(first ?? '')).toMatchObject({ state: 'closed', rows: 10, done: 10, remote: 'batch-0' });
  });

  it('sends nothing more at Ctrl-C, keeps others from paying twice, and comes back for the answers', async () => {
    stage = aiStage();
    let looks = 3;
    let leave = (): void => undefined;
    const onStep = (step: BatchStep): void => {
      // Before it is answered: another batch follows at once.
      if (step === 'submit') leave();
    };
    const batches = {
      onStep,
      get looks() {
        return looks;
      },
    };
    looks = Infinity;
    const fake = await stage.fake({ wire: 'anthropic', batches });
    const request = '{ model: claude-3-haiku, prompt: "${/q}", max_tokens: 60 }';
    stage.write(
      'colloquium.yaml',
      configOf({ anthropic: providerOf(fake) }, { stages: [`{ into: /a, request: ${request} }`] }),
    );
    stage.write('in.ndjson', rowsOf(12));
    const child = startCli([...BATCH, '--no-progress'], { cwd: stage.cwd });
    leave = () => child.kill('SIGINT');
    const ended = resultOf(child);
    const first = await ended;
    expect(first.exit).toBe(130);
    expect(first.stderr).toMatch(
      /batch \w+ \(10 requests, at most \S+\) runs on at anthropic as batch-0; its results are kept until/,
    );
    expect(first.stderr).toContain('nothing was written');
    expect(fake.batches).toHaveLength(1);
    const config = stage.read('colloquium.yaml');
    stage.write('colloquium.yaml', config.replaceAll('127.0.0.1', 'localhost'));
    const moved = await stage.run(BATCH);
    expect([moved.exit, moved.stderr]).toEqual([78, expect.stringMatching(/was sent to anthropic at .*--forget ID/s)]);
    const paying = await stage.run(['run', '-o', 'live.ndjson', 'in.ndjson']);
    expect([paying.exit, paying.stderr]).toEqual([
      75,
      expect.stringMatching(/was sent to anthropic at .*--forget ID/s),
    ]);
    stage.write('colloquium.yaml', config);
    const live = await stage.run(['run', '-o', 'live.ndjson', 'in.ndjson']);
    expect(live.exit).toBe(75);
    expect(live.stderr).toContain('hint: add --lane batch to the command');
    const resumed = await stage.run(['run', '--resume', '-o', 'resumed.ndjson', 'in.ndjson']);
    expect([resumed.exit, resumed.stderr]).toEqual([75, expect.stringContaining('hint: add --lane batch')]);
    expect(resumed.stderr).not.toContain('continue with');
    looks = 0;
    const second = await stage.run([...BATCH, '--deadline', '1d']);
    expect(second.exit, second.stderr).toBe(0);
    expect(answers()).toEqual(wanted(12));
    expect(fake.records).toHaveLength(12);
    const { batch } = await costs();
    expect(Math.round((batch?.cost ?? 0) * 1e9)).toBe(Number(fake.billed));
  });

  it('asks live what the deadline or --cancel leaves without an answer', async () => {
    stage = aiStage();
    const fake = await stage.fake({ batches: { looks: Infinity } });
    stage.write('colloquium.yaml', configOf({ openai: providerOf(fake) }));
    stage.write('in.ndjson', rowsOf(12));
    const child = startCli([...BATCH, '--no-progress'], { cwd: stage.cwd });
    const ended = resultOf(child);
    await expect.poll(() => fake.batches.length, { timeout: 60_000 }).toBe(2);
    child.kill('SIGINT');
    await ended;
    const result = await stage.run([...BATCH, '--deadline', '1s']);
    expect(result.exit, result.stderr).toBe(0);
    expect(answers()).toEqual(wanted(12));
    const { batch, live } = await costs();
    expect(batch?.cost).toBe(0);
    expect(Math.round((live?.cost ?? 0) * 1e9)).toBe(Number(fake.billed));
  });

  it('gives a provider up that does not answer, keeps what is there, and forgets it when told so', async () => {
    stage = aiStage();
    const at = { closed: false };
    const fake = await stage.fake({
      batches: {
        looks: Infinity,
        faults: () => (at.closed ? { kind: 'status', status: 503 } : undefined),
        onStep(step) {
          at.closed ||= step === 'poll';
        },
      },
    });
    stage.write('colloquium.yaml', `provider_wait: 1s\n${configOf({ openai: providerOf(fake) })}`);
    stage.write('in.ndjson', rowsOf(2));
    const result = await stage.run(BATCH);
    expect(result.exit, result.stderr).toBe(69);
    expect(result.stderr).toMatch(/2 requests, at most \S+\) runs on at openai as batch-0.*1 batch is kept as it is/s);
    const { stdout } = await runCli(['journal', 'batches', '--format', 'json'], { cwd: stage.cwd });
    const { id } = JSON.parse(stdout) as { id: string };
    const cancel = ['journal', 'batches', '--config', 'colloquium.yaml', '--verbose', '--cancel', id];
    expect((await runCli(cancel, { cwd: stage.cwd })).exit).toBe(69);
    const forgotten = await runCli(['journal', 'batches', '--forget', id], { cwd: stage.cwd });
    expect([forgotten.exit, forgotten.stdout], forgotten.stderr).toEqual([
      0,
      expect.stringMatching(/is given up: what it may .* in doubt.*; it costs \$0\S* to \$0\.\d*[1-9]/),
    ]);
    const after = await runCli(['journal', 'batches', '--format', 'json'], { cwd: stage.cwd });
    const { at_most: atMost } = JSON.parse(stdout) as { at_most: number };
    expect(atMost).toBeGreaterThan(0);
    expect(JSON.parse(after.stdout)).toMatchObject({ state: 'closed', cost: 0, cost_at_most: atMost });
    const table = await runCli(['journal', 'batches'], { cwd: stage.cwd });
    expect(table.stdout).toMatch(/ \$0\S* to \$0\.\d*[1-9]/);
    const doubtful = await runCli(['journal', 'doubtful', '--format', 'json'], { cwd: stage.cwd });
    expect(JSON.parse(doubtful.stdout)).toMatchObject({ count: 2 });
    at.closed = true;
    stage.write('in.ndjson', rowsOf(4));
    const none = await stage.run([...BATCH]);
    expect([none.exit, none.stderr]).toEqual([69, expect.stringContaining('nothing was sent')]);
  });

  it('passes over a provider that turns out to have no batches', async () => {
    stage = aiStage();
    const none = {
      faults: (step: BatchStep) => (step === 'upload' ? ({ kind: 'status', status: 404 } as const) : undefined),
    };
    const [local, openai] = [await stage.fake({ batches: none }), await stage.fake()];
    const cheap = providerOf(local, ', kind: openai-compatible').replace('0.00003', '0').replace('0.00006', '0');
    const request = '{ model: gpt-4o-mini, prompt: "${/q}", max_tokens: 60 }';
    const stages = [`{ into: /b, request: ${request} }`, `{ into: /a, request: ${request} }`];
    stage.write('colloquium.yaml', configOf({ local: cheap, openai: providerOf(openai) }, { stages }));
    stage.write('in.ndjson', rowsOf(4));
    const result = await stage.run(BATCH);
    expect(result.exit, result.stderr).toBe(0);
    expect(answers()).toEqual(wanted(4));
    expect(result.stderr).toContain('local has no batches (');
    expect([local.records.length, openai.batches.map(({ rows }) => rows.length)]).toEqual([0, [4, 4]]);
    stage.write('colloquium.yaml', configOf({ local: cheap }, { stages }));
    stage.write('in.ndjson', rowsOf(5));
    const alone = await stage.run(BATCH);
    expect([alone.exit, alone.stderr]).toEqual([
      69,
      expect.stringContaining('was refused, and nothing of it is billed'),
    ]);
  });

  it('says of a batch that has ended that its results are not there yet, whether it is fetched or cancelled', async () => {
    stage = aiStage();
    const at = { looks: Infinity, downloads: false };
    const batches = {
      get looks() {
        return at.looks;
      },
      faults: (step: BatchStep) =>
        step === 'download' && !at.downloads ? ({ kind: 'status', status: 404 } as const) : undefined,
    };
    const fake = await stage.fake({ batches });
    stage.write('colloquium.yaml', configOf({ openai: providerOf(fake) }));
    stage.write('in.ndjson', rowsOf(2));
    const child = startCli([...BATCH, '--no-progress'], { cwd: stage.cwd });
    const ended = resultOf(child);
    await expect.poll(() => fake.batches.length, { timeout: 20_000 }).toBe(1);
    child.kill('SIGINT');
    await ended;
    at.looks = 0;
    const { stdout } = await runCli(['journal', 'batches', '--format', 'json'], { cwd: stage.cwd });
    const { id } = JSON.parse(stdout) as { id: string };
    for (const flag of ['--fetch', '--cancel']) {
      const told = await runCli(['journal', 'batches', flag, id], { cwd: stage.cwd, alone: true });
      expect([told.exit, told.stdout], flag).toEqual([
        0,
        `batch ${id} has ended at openai, and not all of its results are there yet: the same command again fetches them\n`,
      ]);
    }
    at.downloads = true;
    const fetched = await runCli(['journal', 'batches', '--cancel', id], { cwd: stage.cwd, alone: true });
    expect([fetched.exit, fetched.stdout]).toEqual([0, expect.stringContaining('ended: 2 answered')]);
    expect((await costs())['batch']).toMatchObject({ unknown_requests: 0 });
  });

  it('ends a batch as gone that its provider does not know when it is to be cancelled', async () => {
    stage = aiStage();
    const at = { isGone: false };
    const batches = { looks: Infinity, forgets: () => at.isGone };
    const fake = await stage.fake({ batches });
    stage.write('colloquium.yaml', configOf({ openai: providerOf(fake) }));
    stage.write('in.ndjson', rowsOf(1));
    const child = startCli([...BATCH, '--no-progress'], { cwd: stage.cwd });
    const ended = resultOf(child);
    await expect.poll(() => fake.batches.length, { timeout: 20_000 }).toBe(1);
    child.kill('SIGINT');
    expect((await ended).stderr).toMatch(/batch \w+ \(1 request, at most \S+\) runs on at openai as batch-0/);
    at.isGone = true;
    const { stdout } = await runCli(['journal', 'batches', '--format', 'json'], { cwd: stage.cwd });
    const { id } = JSON.parse(stdout) as { id: string };
    const gone = await runCli(['journal', 'batches', '--cancel', id], { cwd: stage.cwd });
    expect([gone.exit, gone.stdout], gone.stderr).toEqual([
      0,
      expect.stringContaining('is gone: openai does not know it'),
    ]);
    const doubtful = await runCli(['journal', 'doubtful', '--format', 'json'], { cwd: stage.cwd });
    expect(JSON.parse(doubtful.stdout)).toMatchObject({ count: 1 });
  });

  it('tells of a batch that nobody waits for any more, and gets its answers', async () => {
    stage = aiStage();
    const at = { looks: Infinity };
    const batches = {
      get looks() {
        return at.looks;
      },
    };
    const fake = await stage.fake({ batches });
    const config = (prompt: string): string =>
      configOf(
        { openai: providerOf(fake) },
        { stages: [`{ into: /a, request: { model: gpt-4o-mini, prompt: "${prompt}", max_tokens: 60 } }`] },
      );
    stage.write('colloquium.yaml', config('Old: ${/q}'));
    stage.write('in.ndjson', rowsOf(2));
    const child = startCli([...BATCH, '--no-progress'], { cwd: stage.cwd });
    const ended = resultOf(child);
    await expect.poll(() => fake.batches.length, { timeout: 20_000 }).toBe(1);
    child.kill('SIGINT');
    await ended;
    const told =
      /batch (\w+) \(2 requests, at most \S+\) of pipeline default is still out at openai as batch-0, and this run does/g;
    stage.write('colloquium.yaml', config('${/q}'));
    const live = await stage.run(['run', '--limit', '1', '-o', 'live.ndjson', 'in.ndjson']);
    expect([live.exit, live.stderr.match(told)?.length], live.stderr).toEqual([0, 2]);
    const cost = async (): Promise<Record<string, unknown>> => {
      const { stdout } = await runCli(['cost', '--format', 'json'], { cwd: stage.cwd });
      return JSON.parse(stdout) as Record<string, unknown>;
    };
    expect(await cost()).toMatchObject({ batches_out: { batches: 1, requests: 2, unpriced_batches: 0 } });
    const shown = await runCli(['cost'], { cwd: stage.cwd });
    expect(shown.stdout).toMatch(/not in the sum: 2 requests in 1 batch that a provider still has .*: at most \$/);
    const [, id = ''] = [...live.stderr.matchAll(told)][0] ?? [];
    const early = await runCli(['journal', 'batches', '--fetch', id], { cwd: stage.cwd });
    expect(early.stdout).toContain('is not ready yet: 0 of 2 requests are done at openai');
    at.looks = 0;
    const batch = await stage.run(BATCH);
    expect(batch.exit, batch.stderr).toBe(0);
    expect(batch.stderr).toContain(`batch ${id} ended: 2 answered`);
    expect(await cost()).not.toHaveProperty('batches_out');
    const { batch: paid, live: one } = await costs();
    expect(Math.round(((paid?.cost ?? 0) + (one?.cost ?? 0)) * 1e9)).toBe(Number(fake.billed));
    const late = await runCli(['journal', 'batches', '--fetch', id], { cwd: stage.cwd });
    expect([late.exit, late.stderr]).toEqual([2, expect.stringContaining('has ended: ended: 2 answered')]);
    const both = await runCli(['journal', 'batches', '--fetch', id, '--cancel', id], { cwd: stage.cwd });
    expect([both.exit, both.stderr]).toEqual([2, expect.stringContaining('exclude one another')]);
  });

  it('has answers mended in the next batch that are cut off or do not satisfy the schema', async () => {
    stage = aiStage();
    const reply = ({ texts }: { readonly texts: readonly string[] }): string => {
      const last = texts.at(-1) ?? '';
      if (last.includes('That answer is not valid')) return '{"a":"mended"}';
      return last === 'bad' ? '{"a":1}' : JSON.stringify({ a: last });
    };
    const fake = await stage.fake({ reply });
    const schema = '{ type: object, properties: { a: { type: string } }, required: [a], additionalProperties: false }';
    const asking = `{ into: /a, model: gpt-4o-mini, prompt: "\${/q}", schema: ${schema}, max_tokens: 4 }`;
    stage.write('colloquium.yaml', configOf({ openai: providerOf(fake) }, { stages: [asking] }));
    stage.write('in.ndjson', '{"q":"good"}\n{"q":"a longer text"}\n{"q":"bad"}\n');
    const result = await stage.run(BATCH);
    expect(result.exit, result.stderr).toBe(0);
    const lines = stage.read('out.ndjson').trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { a: object }).a)).toMatchObject([
      { response: { a: 'good' }, attempts: 1 },
      { response: { a: 'a longer text' }, attempts: 2 },
      { response: { a: 'mended' }, attempts: 2 },
    ]);
    expect(fake.batches.map(({ rows }) => rows.length)).toEqual([3, 2]);
    const { batch, live } = await costs();
    expect([Math.round((batch?.cost ?? 0) * 1e9), live]).toEqual([Number(fake.billed), undefined]);
  });

  it('tells the same cost everywhere of answers that tell no usage', async () => {
    stage = aiStage();
    const fake = await stage.fake({ batches: { tellsNoUsage: true } });
    stage.write('colloquium.yaml', configOf({ openai: providerOf(fake) }));
    stage.write('in.ndjson', rowsOf(3));
    const result = await stage.run(BATCH);
    expect(result.exit, result.stderr).toBe(0);
    const told =
      /ended: 3 answered, 3 of them without usage, their cost by our own count of tokens, at most \$\S+, \$(\S+)/;
    const [, shown = ''] = told.exec(result.stderr) ?? [];
    const { stdout } = await runCli(['journal', 'batches', '--format', 'json'], { cwd: stage.cwd });
    const { cost } = JSON.parse(stdout) as { cost: number };
    const { batch } = await costs();
    expect(batch).toMatchObject({ cost, cost_estimated: cost });
    expect(Number(shown)).toBeCloseTo(cost, 4);
  });

  it('asks each step of a cascade in a batch, and tells beforehand what both lanes cost', async () => {
    stage = aiStage();
    const fake = await stage.fake();
    const cascade = `[{ model: gpt-4o-mini, accept: '$input == "A"' }, { model: gpt-4o }]`;
    const asking = `{ into: /a, prompt: "\${/q}", max_tokens: 60, cascade: ${cascade} }`;
    stage.write('colloquium.yaml', configOf({ openai: providerOf(fake) }, { stages: [asking] }));
    stage.write('in.ndjson', '{"q":"a"}\n{"q":"b"}\n{"q":"c"}\n');
    const dry = await stage.run(['run', '--lane', 'batch', '--dry-run', '--stats', 'json', 'in.ndjson']);
    const bill = JSON.parse(dry.stderr) as Record<'cost_usd' | 'batch_cost_usd', { likely: number; worst: number }>;
    expect(bill.batch_cost_usd.likely).toBeCloseTo(bill.cost_usd.likely / 2, 8);
    expect(bill.batch_cost_usd.worst).toBeCloseTo(bill.cost_usd.worst / 2, 8);
    const told = await stage.run(['run', '--lane', 'batch', '--dry-run', 'in.ndjson']);
    expect(told.stderr).toMatch(/in batches: \$\S+ likely, \$\S+ at worst; what no batch answers/);
    expect(fake.batches).toEqual([]);
    const result = await stage.run(BATCH);
    expect(result.exit, result.stderr).toBe(0);
    expect(answers()).toEqual(['A', 'B', 'C']);
    expect(stage.read('out.ndjson').match(/"step":./g)).toEqual(['"step":1', '"step":2', '"step":2']);
    expect(fake.batches.map(({ rows }) => rows.map(({ call }) => call.model))).toEqual([
      ['gpt-4o-mini', 'gpt-4o-mini', 'gpt-4o-mini'],
      ['gpt-4o', 'gpt-4o'],
    ]);
    const { batch, live } = await costs();
    expect([Math.round((batch?.cost ?? 0) * 1e9), live]).toEqual([Number(fake.billed), undefined]);
  });

  it('spends no more than --max-cost in both lanes together, and sums them up', async () => {
    stage = aiStage();
    const fake = await stage.fake();
    stage.write('colloquium.yaml', configOf({ openai: providerOf(fake) }));
    stage.write('in.ndjson', rowsOf(20));
    const first = await stage.run([...BATCH, '--limit', '4', '--stats', 'json']);
    expect(first.exit, first.stderr).toBe(0);
    const one = JSON.parse(first.stderr.trimEnd().split('\n').at(-1) ?? '') as {
      ai: {
        attempts: number;
        requests: number;
        spent_usd: number;
        input_tokens: number;
      };
    };
    expect(one.ai).toMatchObject({ attempts: 4, requests: 4 });
    expect(Math.round(one.ai.spent_usd * 1e9)).toBe(Number(fake.billed));
    expect(one.ai.input_tokens).toBeGreaterThan(0);
    const { stdout } = await runCli(['journal', 'batches', '--format', 'json'], { cwd: stage.cwd });
    const { at_most: worst } = JSON.parse(stdout) as { at_most: number };
    const before = fake.billed;
    // Room for some rows, whose answers leave room for fewer ones.
    const limit = worst * 0.7;
    const second = await stage.run([...BATCH, '--max-cost', limit.toFixed(9)]);
    expect([second.exit, second.stderr]).toEqual([75, expect.stringContaining('what no batch has answered is more')]);
    expect(second.stderr).toMatch(/the budget has room for \d+ requests, in 1 batch: \d+ more wait until/);
    const spent = Number(fake.billed - before) / 1e9;
    expect(spent).toBeGreaterThan(0);
    expect(spent).toBeLessThanOrEqual(limit);
    expect((await costs())['live']).toBeUndefined();
    expect(second.stderr).toMatch(/ \d+ attempts, \$0\.0\S* spent/);
  });

  it('asks live with --lane auto what is too little for a batch, or too late', async () => {
    stage = aiStage();
    const fake = await stage.fake();
    stage.write('colloquium.yaml', configOf({ openai: providerOf(fake) }));
    stage.write('in.ndjson', rowsOf(4));
    const auto = ['run', '--lane', 'auto', '--min-batch', '5', '-o', 'out.ndjson', 'in.ndjson'];
    const few = await stage.run(auto);
    expect([few.exit, few.stderr]).toEqual([0, expect.stringContaining('ai-1: too few requests for a batch')]);
    expect([fake.batches.length, fake.records.length]).toEqual([0, 4]);
    stage.write('in.ndjson', rowsOf(12));
    const enough = await stage.run(auto);
    expect(enough.exit, enough.stderr).toBe(0);
    expect(fake.batches.map(({ rows }) => rows.length)).toEqual([8]);
    stage.write('in.ndjson', rowsOf(20));
    const late = await stage.run([...auto, '--deadline', '10m']);
    expect(late.exit, late.stderr).toBe(0);
    expect([fake.batches.length, fake.records.length]).toEqual([1, 20]);
    expect(answers()).toEqual(wanted(20));
  });

  it('has --lane auto count what still waits for a batch of an earlier step', async () => {
    stage = aiStage();
    const fake = await stage.fake();
    const asked = (into: string, of: string, more: string): string =>
      `{ into: ${into}, prompt: "\${${of}}", max_tokens: 60, ${more} }`;
    const cascade = `cascade: [{ model: gpt-4o-mini, accept: '$input == "ROW 0 "' }, { model: gpt-4o }]`;
    const stages = [
      asked('/x', '/q', `${cascade}, lane: batch`),
      asked('/y', '/x/response', 'model: gpt-4o-mini, lane: live'),
      asked('/a', '/y/response', 'model: gpt-4o-mini, lane: auto, min_batch: 10'),
    ];
    stage.write('colloquium.yaml', configOf({ openai: providerOf(fake) }, { stages }));
    stage.write('in.ndjson', rowsOf(12));
    const result = await stage.run(['run', '-o', 'out.ndjson', 'in.ndjson']);
    expect(result.exit, result.stderr).toBe(0);
    expect(result.stderr).not.toContain('too few');
    expect(answers()).toEqual(wanted(12));
    // One row is through early, and is not sent before it is certain that there are enough.
    expect(fake.batches.map(({ rows }) => rows.length)).toEqual([12, 11, 1, 11]);
  });

  it('has --lane auto count what the budget leaves for further batches, and send none of it live', async () => {
    stage = aiStage();
    const fake = await stage.fake();
    const asked = (into: string, of: string): string =>
      `{ into: ${into}, model: gpt-4o-mini, prompt: "\${${of}}", max_tokens: 20 }`;
    const stages = [asked('/x', '/q'), asked('/a', '/x/response')];
    stage.write('colloquium.yaml', configOf({ openai: providerOf(fake) }, { stages }));
    stage.write('in.ndjson', Array.from({ length: 20 }, (_, i) => `{"q":"row ${i + 10}"}\n`).join(''));
    const auto = ['run', '--lane', 'auto', '--min-batch', '10', '-o', 'out.ndjson', 'in.ndjson'];
    const result = await stage.run([...auto, '--max-cost', '0.018']);
    expect(result.exit, result.stderr).toBe(0);
    expect(result.stderr).toMatch(/room for \d+ requests, in 1 batch: \d+ more wait .* in further batches/);
    expect(result.stderr).not.toContain('too few');
    const sizes = fake.batches.map(({ rows }) => rows.length);
    expect(sizes.length).toBeGreaterThan(2);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(40);
    expect((await costs())['live']).toBeUndefined();
    expect(Number(fake.billed) / 1e9).toBeLessThanOrEqual(0.018);
  });

  it('asks live with --lane auto what stays too little, once nothing more can come', async () => {
    stage = aiStage();
    let looks = 1;
    let sent = (): void => undefined;
    const sending = new Promise<void>((resolve) => (sent = resolve));
    const batches = {
      onStep(step: BatchStep) {
        if (step === 'submit' && looks === Infinity) sent();
      },
      get looks() {
        return looks;
      },
    };
    const fake = await stage.fake({ batches });
    const asked = (into: string, of: string, more: string): string =>
      `{ into: ${into}, model: gpt-4o-mini, prompt: "\${${of}}", max_tokens: 60, ${more} }`;
    const first = asked('/x', '/q', 'lane: batch');
    const config = (stages: string[]): string => configOf({ openai: providerOf(fake) }, { stages });
    stage.write('colloquium.yaml', config([first]));
    stage.write('in.ndjson', rowsOf(2));
    const run = ['run', '-o', 'out.ndjson', 'in.ndjson'];
    expect((await stage.run(run)).exit).toBe(0);
    stage.write('colloquium.yaml', config([first, asked('/a', '/x/response', 'lane: auto, min_batch: 20')]));
    stage.write('in.ndjson', rowsOf(12));
    looks = Infinity;
    const child = startCli([...run, '--no-progress'], { cwd: stage.cwd });
    const ended = resultOf(child);
    await sending;
    child.kill('SIGINT');
    expect((await ended).exit).toBe(130);
    const listed = await runCli(['journal', 'batches', '--format', 'json'], { cwd: stage.cwd });
    const records = listed.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(records).toContainEqual(
      expect.objectContaining({ state: 'closed', rows: 2, outcome: 'not sent: the run was stopped' }),
    );
    looks = 1;
    const result = await stage.run(run);
    expect([result.exit, result.stderr]).toEqual([0, expect.stringContaining('ai-2: too few requests for a batch')]);
    expect(answers()).toEqual(wanted(12));
    expect(fake.batches.map(({ rows }) => rows.length)).toEqual([2, 10]);
    expect(fake.records).toHaveLength(24);
  });

  it('takes the lane of each stage from the config, and counts flags for more', async () => {
    stage = aiStage();
    const fake = await stage.fake();
    const asking = (into: string, of: string, lane: string): string =>
      `{ into: ${into}, model: gpt-4o-mini, prompt: "\${${of}}", max_tokens: 60${lane} }`;
    const stages = [
      asking('/x', '/q', ', lane: batch, max_batch: 4, deadline: 1d'),
      asking('/y', '/x/response', ''),
      asking('/a', '/y/response', ', lane: auto, min_batch: 6, max_batch: 10'),
    ];
    stage.write('colloquium.yaml', configOf({ openai: providerOf(fake) }, { stages }));
    stage.write('in.ndjson', rowsOf(6));
    const run = ['run', '-o', 'out.ndjson', 'in.ndjson'];
    const dry = await stage.run([...run, '--dry-run']);
    expect(dry.stderr).toMatch(/with ai-1, ai-3 in batches: \$\S+ likely/);
    const result = await stage.run(run);
    expect(result.exit, result.stderr).toBe(0);
    expect(answers()).toEqual(wanted(6));
    expect(fake.batches.map(({ rows }) => rows.length)).toEqual([4, 2, 6]);
    expect(fake.records).toHaveLength(18);
    stage.write('in.ndjson', rowsOf(8));
    const few = await stage.run([...run, '--min-batch', '9']);
    expect([few.exit, few.stderr]).toEqual([0, expect.stringContaining('ai-3: too few requests for a batch')]);
    expect(fake.batches.map(({ rows }) => rows.length)).toEqual([4, 2, 6, 2]);
    stage.write('in.ndjson', rowsOf(9));
    const live = await stage.run([...run, '--lane', 'live']);
    expect(live.exit, live.stderr).toBe(0);
    expect(fake.batches).toHaveLength(4);
    const piped = await stage.run(['run'], { input: '{}\n' });
    expect([piped.exit, piped.stderr]).toEqual([
      2,
      expect.stringMatching(/stage ai-1 sends batches.*stdin can be read/),
    ]);
    stage.write('colloquium.yaml', `${stage.read('colloquium.yaml')}    outputs: [{ file: ./out.ndjson }]\n`);
    const replayed = await runCli(['replay', '--since', '0'], { cwd: stage.cwd });
    expect([replayed.exit, replayed.stderr]).toEqual([78, expect.stringContaining('and replay sends no batches')]);
  });

  it('asks the live stages before a batched one as many at a time as --concurrency says', async () => {
    stage = aiStage();
    const flying = { now: 0, most: 0 };
    const fake = await stage.fake({
      latencyMs: 100,
      faults() {
        flying.now += 1;
        flying.most = Math.max(flying.most, flying.now);
        return undefined;
      },
      reply({ texts }) {
        // Those in batches are not under way.
        flying.now -= flying.now > 0 ? 1 : 0;
        return (texts.at(-1) ?? '').toUpperCase();
      },
    });
    const asked = (into: string, of: string, lane: string): string =>
      `{ into: ${into}, model: gpt-4o-mini, prompt: "\${${of}}", max_tokens: 60, lane: ${lane} }`;
    const stages = [asked('/x', '/q', 'live'), asked('/a', '/x/response', 'batch')];
    stage.write('colloquium.yaml', configOf({ openai: providerOf(fake) }, { stages }));
    stage.write('in.ndjson', rowsOf(12));
    const result = await stage.run(['run', '--concurrency', '2', '-o', 'out.ndjson', 'in.ndjson']);
    expect(result.exit, result.stderr).toBe(0);
    expect(answers()).toEqual(wanted(12));
    expect(fake.batches.map(({ rows }) => rows.length)).toEqual([12]);
    expect(flying.most).toBe(2);
  });

  it('sends nothing where its results could not be written, or a failed event ends it', async () => {
    stage = aiStage();
    const fake = await stage.fake();
    stage.write('colloquium.yaml', configOf({ openai: providerOf(fake) }));
    stage.write('in.ndjson', rowsOf(3));
    stage.write('folder/file', 'x');
    const run = ['run', '--lane', 'batch'];
    const folder = await stage.run([...run, '-o', 'folder', 'in.ndjson']);
    expect([folder.exit, folder.stderr]).toEqual([2, expect.stringContaining('cannot open folder: illegal operation')]);
    const below = await stage.run([...run, '-o', 'folder/file/out.ndjson', 'in.ndjson']);
    expect([below.exit, below.stderr]).toEqual([2, expect.stringContaining('not a directory')]);
    stage.write('strange.ndjson', '{}\n');
    const strange = await stage.run([...run, '--resume', '-o', 'strange.ndjson', 'in.ndjson']);
    expect([strange.exit, strange.stderr]).toEqual([2, expect.stringContaining('strange.ndjson')]);
    const same = await stage.run([...run, '-o', 'in.ndjson', 'in.ndjson']);
    expect([same.exit, same.stderr]).toEqual([2, expect.stringContaining('both input and output')]);
    stage.write('bad.ndjson', `${rowsOf(3)}no JSON\n`);
    const strict = await stage.run([...run, '--strict', '-o', 'out.ndjson', 'bad.ndjson']);
    expect([strict.exit, strict.stderr]).toEqual([
      3,
      expect.stringMatching(/before anything was written: bad.ndjson:4: inv/),
    ]);
    expect([fake.batches, fake.records]).toEqual([[], []]);
    const lenient = await stage.run([...run, '--resume', '-o', 'out.ndjson', 'bad.ndjson']);
    expect(lenient.exit, lenient.stderr).toBe(3);
    expect(answers()).toEqual(wanted(3));
    const again = await stage.run([...run, '--resume', '-o', 'out.ndjson', 'bad.ndjson']);
    expect(again.exit, again.stderr).toBe(3);
    expect(fake.batches).toHaveLength(1);
  });

  it('says why it cannot', async () => {
    stage = aiStage();
    const fake = await stage.fake();
    stage.write('colloquium.yaml', configOf({ openai: providerOf(fake) }));
    stage.write('in.ndjson', rowsOf(1));
    const stdin = await stage.run(['run', '--lane', 'batch']);
    expect([stdin.exit, stdin.stderr]).toEqual([2, expect.stringContaining('stdin can be read once')]);
    const pipe = await stage.run(['run', '--lane', 'batch', '/dev/stdin'], { input: '{}\n' });
    expect([pipe.exit, pipe.stderr]).toEqual([2, expect.stringContaining('/dev/stdin can be read once')]);
    const alone = await stage.run(['run', '--deadline', '1h', 'in.ndjson']);
    expect([alone.exit, alone.stderr]).toEqual([2, expect.stringContaining('--deadline needs --lane batch or auto')]);
    const fewest = await stage.run(['run', '--lane', 'batch', '--min-batch', '2', 'in.ndjson']);
    expect([fewest.exit, fewest.stderr]).toEqual([2, expect.stringContaining('--min-batch needs --lane auto')]);
    const none = await runCli(['journal', 'batches', '--cancel', 'x'], { cwd: stage.cwd });
    expect([none.exit, none.stderr]).toEqual([2, expect.stringContaining('there is no batch x')]);
  });
});
