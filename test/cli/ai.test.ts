import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { dollarText, nanoOfDollars } from '../../src/ai/money/index.js';
import { resultOf, runCli, startCli } from '../support/cli.js';
import type { FakeProvider } from '../support/fake-provider.js';
import { perTest } from '../support/per-test.js';
import { aiStage, configOf, everyFile, providerOf, REQUEST, rowsOf, statsOf } from './ai-stage.js';

const on = perTest(aiStage);

/** The exact sum of a run's costs, in nano-dollars, as `cost` has it. */
async function costOf(by = 'provider'): Promise<Record<string, bigint>> {
  const { stdout } = await runCost(['--by', by, '--format', 'csv']);
  const [head = '', ...lines] = stdout.trim().split('\n');
  const column = head.split(',').indexOf('cost_exact');
  return Object.fromEntries(
    lines.map((line): [string, bigint] => {
      const cells = line.split(',');
      return [cells[0] ?? '', nanoOfDollars(cells[column] ?? '')];
    }),
  );
}

function runCost(args: readonly string[] = []) {
  return runCli(['cost', ...args], { cwd: on.cwd });
}

describe('a run with AI stages', () => {
  it('tells what it spent, to the nano-dollar, and pays nothing for the same rows again', async () => {
    const cheap = await on.fake({ price: { input: 150n, output: 601n } });
    const dear = await on.fake({ wire: 'anthropic' });
    on.write(
      'colloquium.yaml',
      configOf(
        {
          openai: providerOf(cheap).replace('0.00003', '0.00000015').replace('0.00006', '0.000000601'),
          anthropic: providerOf(dear),
        },
        {
          stages: [
            '{ into: /a, request: ["obj", "model", "m", "provider", ["$input", "/p"], "messages", [["obj", "role", "user", "content", ["$input", "/q"]]], "max_tokens", 60] }',
          ],
          more: 'cost_management: { daily_budget: 5 }\n',
        },
      ),
    );
    const rows = Array.from({ length: 40 }, (_, i) =>
      JSON.stringify({ q: `row ${i}`, p: i % 4 === 0 ? 'anthropic' : 'openai' }),
    );
    on.write('in.ndjson', `${rows.join('\n')}\n`);

    const first = await on.run(['--stats', 'json', 'in.ndjson']);
    expect(first.exit, first.stderr).toBe(0);
    expect(
      first.stdout
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { a: { response: string } }).a.response),
    ).toEqual(rows.map((_, i) => `ROW ${i}`));
    const billed = cheap.billed + dear.billed;
    expect(statsOf(first).ai).toMatchObject({ calls: 40, cached: 0, attempts: 40, unknown: 0 });
    expect(statsOf(first).ai['spent_usd']).toBe(Number(dollarText(billed)));
    expect(await costOf()).toEqual({ openai: cheap.billed, anthropic: dear.billed });

    const again = await on.run(['in.ndjson']);
    expect(again.stdout).toBe(first.stdout.replaceAll('"cached":false', '"cached":true'));
    expect(again.stderr).toContain('0 AI calls, 40 answered from the journal, 0 attempts, $0.00 spent');
    expect(cheap.records.length + dear.records.length).toBe(40);

    const { stdout } = await runCost(['--format', 'json']);
    const report = JSON.parse(stdout) as Record<string, unknown>;
    expect(report).toMatchObject({
      current_cost: Number(dollarText(billed)),
      daily_budget: 5,
      remaining_budget: Number(dollarText(5_000_000_000n - billed)),
      by_provider: { openai: Number(dollarText(cheap.billed)), anthropic: Number(dollarText(dear.billed)) },
      request_counts: { openai: 30, anthropic: 10 },
    });
    const listed = await runCli(['journal', 'ls', '--format', 'json'], { cwd: on.cwd });
    const costs = listed.stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { cost: number }).cost);
    expect(costs).toHaveLength(40);
    expect(costs.reduce((sum, cost) => sum + nanoOfDollars(String(cost)), 0n)).toBe(billed);
  });

  it('stops at --max-cost with 75, never above it, and a second run finishes what is left', async () => {
    const fake = await on.fake();
    on.write('colloquium.yaml', configOf({ openai: providerOf(fake) }));
    on.write('in.ndjson', rowsOf(60));
    const first = await on.run(['--max-cost', '0.03', '--stats', 'json', 'in.ndjson']);
    expect(first.exit, first.stderr).toBe(75);
    expect(first.stderr).toMatch(
      /the budget is spent: \$\S+ of \$0\.03 is left, and the worst case of a call is \$0\.\d+\n/,
    );
    expect(first.stderr.trimEnd().split('\n').at(-1)).toMatch(/^\{"/);
    expect(fake.billed).toBeLessThanOrEqual(30_000_000n);
    const sent = fake.records.length;
    expect(sent).toBeGreaterThan(5);
    expect(sent).toBeLessThan(60);
    expect(first.stderr).toContain(`all ${sent} answers of this run are kept, also where the row is not written yet`);

    const second = await on.run(['in.ndjson']);
    expect(second.exit, second.stderr).toBe(0);
    expect(second.stdout.trim().split('\n')).toHaveLength(60);
    expect(fake.records).toHaveLength(60);
    expect(await costOf()).toEqual({ openai: fake.billed });
  });
});

it('a budget below one call is told so, with what one call may cost, and another run under it is no way on', async () => {
  const fake = await on.fake();
  on.write('colloquium.yaml', configOf({ openai: providerOf(fake) }));
  on.write('in.ndjson', rowsOf(3));
  const args = ['--resume', '-o', 'out.ndjson', 'in.ndjson'];
  const poor = await on.run(['--max-cost', '0.0001', ...args]);
  expect(poor.exit, poor.stderr).toBe(75);
  expect(poor.stderr).toMatch(
    /stopped: the budget has no room for one call: the worst case of a call is \$0\.\d+, and \$0\.0001 of \$0\.0001 is left\n/,
  );
  expect(poor.stderr).not.toContain('continue with');
  const [, enough = ''] = /hint: raise --max-cost to at least (0\.\d+), the worst case/.exec(poor.stderr) ?? [];
  expect(fake.records).toEqual([]);

  const next = await on.run(['--max-cost', enough, '--concurrency', '1', ...args]);
  expect(fake.records.length, next.stderr).toBeGreaterThan(0);
});

describe('a wrong key', () => {
  it.each([
    [
      'of a config',
      'api_key: "${MY_KEY}"',
      'hint: mend the key in MY_KEY (ai_providers.openai.api_key of colloquium.yaml) first; ',
    ],
    [
      'that is written down',
      'api_key: sk-wrong-0123456789',
      'hint: give openai a valid key with ai_providers.openai.api_key of colloquium.yaml first; ',
    ],
  ])('%s is to be mended before the run goes on', async (_what, key, hint) => {
    const fake = await on.fake();
    on.write('colloquium.yaml', configOf({ openai: providerOf(fake).replace(`api_key: "${fake.apiKey}"`, key) }));
    on.write('in.ndjson', rowsOf(3));
    const { exit, stderr } = await on.run(['in.ndjson'], { env: { MY_KEY: 'sk-wrong' } });
    expect(exit, stderr).toBe(69);
    expect(stderr).toContain(`${hint}nothing was paid for: run the same command again`);
  });

  it('of a server that flags name is named by its flag', async () => {
    const fake = await on.fake({ wire: 'openai-compatible' });
    const flags = ['--model', 'llama3', '--prompt', '${/q}', '--base-url', fake.url];
    const env = { MY_KEY: 'sk-wrong', XDG_STATE_HOME: on.cwd };
    const wrong = await on.run([...flags, '--api-key-env', 'MY_KEY'], { input: '{"q":"a"}\n', env });
    expect(wrong.exit, wrong.stderr).toBe(69);
    expect(wrong.stderr).toContain('hint: mend the key in MY_KEY (--api-key-env) first; ');
    const none = await on.run(flags, { input: '{"q":"a"}\n', env });
    expect(none.stderr).toContain('hint: give base-url a valid key with --api-key-env first; ');
  });
});

describe('a second attempt that the budget has no room for', () => {
  const words = 'so many words '.repeat(12);
  it.each([
    [
      'at an answer that is not valid',
      '{ into: /a, schema: { enum: [good, bad] }',
      [words, '{"value":"good"}'],
      '0.044',
    ],
    ['at an answer that is cut off', '{ into: /a', [words.repeat(3), words.repeat(3)], '0.012'],
  ])('%s stops the run, loses no row, and is all that is paid when it goes on', async (_what, stage, replies, max) => {
    const asked = new Set<string>();
    const fake = await on.fake({
      reply: ({ texts: [text = ''] }) => {
        const reply = replies[asked.has(text) ? 1 : 0] ?? '';
        asked.add(text);
        return reply;
      },
    });
    const stages = [`${stage}, request: ${REQUEST} }`];
    on.write('colloquium.yaml', configOf({ openai: providerOf(fake) }, { stages }));
    on.write('in.ndjson', rowsOf(6));
    const args = ['--resume', '-o', 'out.ndjson', '--dead-letter', 'dead.ndjson', 'in.ndjson'];
    const first = await on.run(['--max-cost', max, ...args]);
    expect(first.exit, first.stderr).toBe(75);
    expect(first.stderr).toContain('the budget is spent');
    expect(first.stderr).not.toContain('dead-lettered');
    expect(fake.billed).toBeLessThanOrEqual(nanoOfDollars(max));
    expect(asked.size).toBeGreaterThan(0);

    const next = await on.run(['--max-cost', '1', ...args]);
    expect(next.exit, next.stderr).toBe(0);
    expect(on.read('out.ndjson').match(/"attempts":2/g)).toHaveLength(6);
    expect(fake.records).toHaveLength(12);
    expect(await costOf()).toEqual({ openai: fake.billed });
  });
});

describe('a row that a provider refuses', () => {
  it.each([
    ['that has no permission', 403],
    ['that costs too much', 402],
    ['that is too much for its gateway', 504],
  ])('%s is a dead letter, and stops neither the run nor the next one', async (_what, code) => {
    const bad = (text = ''): boolean => text.startsWith('row 3 ');
    const fake = await on.fake({
      faults: (_n, { texts }) => (bad(texts.at(-1)) ? { kind: 'status', status: code } : undefined),
    });
    on.write('colloquium.yaml', configOf({ openai: providerOf(fake, ', max_concurrency: 1') }));
    on.write('in.ndjson', rowsOf(4));
    const args = ['--resume', '-o', 'out.ndjson', '--dead-letter', 'dead.ndjson', 'in.ndjson'];
    const first = await on.run(args);
    expect(first.exit, first.stderr).toBe(3);
    expect(on.read('out.ndjson').trim().split('\n')).toHaveLength(3);
    expect(on.read('dead.ndjson')).toContain('"kind":"ai_provider_error"');
    const sent = fake.records.length;
    on.write('in.ndjson', rowsOf(6));
    const next = await on.run(['--restart', ...args.slice(1)]);
    expect(next.exit, next.stderr).toBe(3);
    expect(on.read('out.ndjson').trim().split('\n')).toHaveLength(5);
    expect(fake.records).toHaveLength(sent + (code === 504 ? 4 : 1) + 2);
  });
});

describe('an answer that is cut off', () => {
  it.each([
    ['retry', 3, 2],
    ['keep', 0, 1],
    ['fail', 3, 1],
  ])('is never lost: with on_truncated %s', async (policy, exit, sent) => {
    const fake = await on.fake({ reply: () => 'x'.repeat(200) });
    const request = '["obj", "model", "m", "messages", [["obj", "role", "user", "content", "a"]], "max_tokens", 2]';
    const stages = [`{ into: /a, request: ${request}, on_truncated: ${policy} }`];
    on.write('colloquium.yaml', configOf({ openai: providerOf(fake) }, { stages }));
    const run = await on.run([], { input: rowsOf(1) });
    expect(run.exit, run.stderr).toBe(exit);
    const cut = 'x'.repeat(sent === 2 ? 32 : 8);
    if (exit === 0) expect(run.stdout).toContain(`"response":"${cut}","finish_reason":"length"`);
    else expect(run.stderr).toContain(`"path":null,"answer":"${cut}"}`);
    expect(fake.records).toHaveLength(sent);
  });
});

describe('a dry run', () => {
  it('foretells a bill that holds: the worst is not exceeded, the likely is near', async () => {
    const fake = await on.fake();
    on.write('colloquium.yaml', configOf({ openai: providerOf(fake) }));
    on.write('in.ndjson', rowsOf(50));
    const dry = await on.run(['--dry-run', '--stats', 'json', '-o', 'out.ndjson', 'in.ndjson']);
    expect(dry.exit, dry.stderr).toBe(0);
    expect(fake.records).toEqual([]);
    expect(existsSync(join(on.cwd, 'out.ndjson'))).toBe(false);
    expect(existsSync(join(on.cwd, 'state'))).toBe(false);
    const bill = statsOf(dry) as unknown as Bill;
    expect(bill).toMatchObject({ calls: 50, journaled: 0, complete: true });

    await on.run(['in.ndjson']);
    const billed = Number(dollarText(fake.billed));
    expect(bill.cost_usd.worst).toBeGreaterThanOrEqual(billed);
    expect(bill.cost_usd.likely / billed).toBeGreaterThan(1 / 3);
    expect(bill.cost_usd.likely / billed).toBeLessThan(3);

    const after = statsOf(await on.run(['--dry-run', '--stats', 'json', 'in.ndjson'])) as unknown as Bill;
    expect(after).toMatchObject({ calls: 0, journaled: 50, finished: 50, cost_usd: { likely: 0, worst: 0 } });
    expect(fake.records).toHaveLength(50);
  });

  it('needs no key, but for a sample', async () => {
    const fake = await on.fake();
    on.write('in.ndjson', rowsOf(2));
    const without = providerOf(fake).replace(/api_key: "[^"]*", /, '');
    for (const provider of [without, providerOf(fake).replace(fake.apiKey, '${NOT_SET_ANYWHERE}')]) {
      on.write('colloquium.yaml', configOf({ openai: provider }));
      const dry = await on.run(['--dry-run', '--stats', 'json', 'in.ndjson']);
      expect(dry.exit, dry.stderr).toBe(0);
      expect(statsOf(dry)).toMatchObject({ calls: 2, complete: true });
      expect((await on.run(['--dry-run', '--sample', '1', 'in.ndjson'])).exit).toBe(78);
    }
  });

  it('with a sample sends just those rows, keeps their answers, and narrows the bill to a range that holds', async () => {
    const fake = await on.fake();
    on.write('colloquium.yaml', configOf({ openai: providerOf(fake) }));
    on.write('in.ndjson', rowsOf(200));
    const dry = await on.run(['--dry-run', '--sample', '25', '--stats', 'json', 'in.ndjson']);
    const bill = statsOf(dry) as unknown as Bill;
    const sampled = fake.billed;
    expect(fake.records).toHaveLength(25);
    expect(bill).toMatchObject({ calls: 175, sample: { sent: 25, failed: 0, spent_usd: Number(dollarText(sampled)) } });

    const run = await on.run(['--stats', 'json', 'in.ndjson']);
    expect(statsOf(run).ai).toMatchObject({ calls: 175, cached: 25 });
    expect(fake.records).toHaveLength(200);
    const rest = Number(dollarText(fake.billed - sampled));
    expect(rest).toBeGreaterThanOrEqual(bill.cost_usd.low ?? Infinity);
    expect(rest).toBeLessThanOrEqual(bill.cost_usd.high ?? 0);
    expect(bill.cost_usd.high).toBeLessThan(bill.cost_usd.worst);
    expect(await costOf()).toEqual({ openai: fake.billed });
  });

  it('with a sample tells what comes after the first answers, too', async () => {
    const fake = await on.fake();
    const ask = (what: string): string =>
      `["obj", "model", "m", "messages", [["obj", "role", "user", "content", ["$input", "${what}"]]], "max_tokens", 80]`;
    const stages = [
      `{ name: one, into: /a, request: ${ask('/q')} }`,
      `{ name: two, into: /b, request: ${ask('/a/response')} }`,
    ];
    on.write('colloquium.yaml', configOf({ openai: providerOf(fake) }, { stages }));
    on.write('in.ndjson', rowsOf(80));
    const blind = statsOf(await on.run(['--dry-run', '--stats', 'json', 'in.ndjson'])) as unknown as Bill;
    expect(blind).toMatchObject({ complete: false });
    expect(blind.stages[1]).toMatchObject({ stage: 'two', calls: 0, calls_up_to_more: 80 });

    const bill = statsOf(
      await on.run(['--dry-run', '--sample', '10', '--stats', 'json', 'in.ndjson']),
    ) as unknown as Bill;
    expect(fake.records).toHaveLength(20);
    expect(bill.stages.map(({ calls }) => calls)).toEqual([70, 70]);
    const sampled = fake.billed;
    await on.run(['in.ndjson']);
    expect(fake.records).toHaveLength(160);
    const rest = Number(dollarText(fake.billed - sampled));
    expect(rest).toBeGreaterThanOrEqual(bill.cost_usd.low ?? Infinity);
    expect(rest).toBeLessThanOrEqual(bill.cost_usd.high ?? 0);
  });
});

describe('calls in doubt', () => {
  /** Kills a run whose three calls were received, and will never be answered. */
  async function killed(more: string): Promise<FakeProvider> {
    const fake = await on.fake({ faults: () => ({ kind: 'hang', billed: true }) });
    on.write('colloquium.yaml', configOf({ openai: providerOf(fake) }, { more }));
    on.write('in.ndjson', rowsOf(3));
    const child = startCli(['in.ndjson'], { cwd: on.cwd });
    child.stdin?.end();
    const ended = resultOf(child);
    while (fake.records.length < 3) await sleep(20);
    child.kill('SIGKILL');
    await ended;
    return fake;
  }

  it('are named, counted and priced, and in_doubt hold stops until somebody has decided', async () => {
    const fake = await killed('journal: { in_doubt: hold }\n');
    const json = await runCli(['journal', 'doubtful', '--format', 'json'], { cwd: on.cwd });
    const {
      count,
      at_most: atMost,
      calls,
    } = JSON.parse(json.stdout) as { count: number; at_most: number; calls: object[] };
    expect(count).toBe(3);
    expect(calls).toHaveLength(3);
    expect(nanoOfDollars(String(atMost))).toBeGreaterThanOrEqual(fake.billed);
    const text = await runCli(['journal', 'doubtful'], { cwd: on.cwd });
    expect(text.stdout).toMatch(/^3 calls in doubt, at most \$0\.\d+\n/);
    expect(text.stdout).toContain('in_doubt: fail');
    // Each is told by what it asked.
    for (const i of [0, 1, 2]) expect(text.stdout).toMatch(new RegExp(`  …${i}[ x…]* gpt-4o`));
    const asked = calls.map((call) => (call as { asked: string }).asked);
    expect(asked.toSorted()).toEqual(fake.records.map(({ call }) => call.texts.at(-1)).toSorted());

    const costs = await runCost();
    expect(costs.stdout).toContain('not in the sum: 3 requests without an answer, which may be billed: at most $');

    const held = await on.run(['in.ndjson']);
    expect(held.exit, held.stderr).toBe(75);
    expect(held.stderr).toContain('in_doubt is hold');
    expect(held.stderr).toContain('3 calls of pipeline default were under way when their process ended');
    expect(held.stderr).toContain(text.stdout.match(/at most \$[0-9.]+/)?.[0]);
    on.write('colloquium.yaml', on.read('colloquium.yaml').replace('in_doubt: hold', 'in_doubt: fail'));
    const given = await on.run(['in.ndjson']);
    expect(given.exit, given.stderr).toBe(3);
    expect(given.stderr).toContain('"kind":"ai_in_doubt"');
    expect(fake.records).toHaveLength(3);
  });
});

describe('secrets', () => {
  it('show in no output, log, error or file, wherever they come from', async () => {
    const keys = { env: 'sk-env-5d1b0c9a77', file: 'sk-file-"2f8e\\66', command: 'sk-command-90ab31' };
    // Another key than the fake wants: its refusal repeats what it got.
    const fake = await on.fake({ apiKey: 'sk-right' });
    on.write('key.txt', `${keys.file}\n`);
    on.write('key.sh', `echo ${keys.command}\n`);
    const provider = (key: string): string => providerOf(fake).replace('"sk-right"', key);
    const sources = {
      env: '"${COLLOQUIUM_TEST_KEY}"',
      file: '{ file: ./key.txt }',
      command: '{ command: [sh, ./key.sh] }',
    };
    on.write('in.ndjson', rowsOf(2));
    const env = { COLLOQUIUM_TEST_KEY: keys.env };
    let seen = '';
    for (const [name, source] of Object.entries(sources)) {
      on.write('colloquium.yaml', configOf({ openai: provider(source) }));
      const commands = [
        ['in.ndjson', '--dead-letter', `dead-${name}.ndjson`, '--no-progress'],
        ...(name === 'env' ? [['in.ndjson', '--dry-run', '--sample', '1', '--no-progress'], ['check'], ['cost']] : []),
      ];
      for (const args of commands) {
        const { stdout, stderr, exit } = await runCli(args, { cwd: on.cwd, env });
        seen += `${stdout}\n${stderr}\n`;
        if (args[0] === 'in.ndjson' && !args.includes('--dry-run')) {
          expect(exit, stderr).toBe(69);
          expect(stderr).toContain('***');
        }
      }
    }
    expect(fake.records).toEqual([]);
    seen += everyFile(join(on.cwd, 'state'));
    for (const key of Object.values(keys)) {
      expect(seen.includes(key), key).toBe(false);
      expect(seen.includes(JSON.stringify(key).slice(1, -1)), key).toBe(false);
    }
  });
});

interface Bill {
  readonly calls: number;
  readonly cost_usd: { readonly likely: number; readonly worst: number; readonly low?: number; readonly high?: number };
  readonly stages: readonly { readonly stage: string; readonly calls: number }[];
}
