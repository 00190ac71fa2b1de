import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runCli, scratch } from '../../support/cli.js';
import { postLines, startDaemon, until } from '../../support/daemon.js';
import { startFakeProvider } from '../../support/fake-provider.js';

const SCRIPTS = (first: string, second: string): string => `
pipelines:
  default:
    stages: [{ filter: '/n != 9' }, { computo: '${first}' }]
    outputs: [{ file: ./out.ndjson, envelope: true }]
    dead_letter: ./dead.ndjson
  other:
    stages: [{ computo: '${second}' }]
    outputs: [{ file: ./other.ndjson }]
`;

interface Line {
  readonly outcome: string;
  readonly changes?: readonly object[];
  readonly reason?: string;
}

function linesOf(stdout: string): { readonly events: readonly Line[]; readonly summary: unknown } {
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
  return { events: lines.slice(0, -1), summary: lines.at(-1) };
}

it('replay --diff compares what events become now with what the outputs hold, or another config or pipeline makes', async () => {
  const old = SCRIPTS('{n: /n, list: [/n, 10 / /n]}', '{n: /n, list: [/n, 0]}');
  const daemon = await startDaemon(old);
  const { cwd } = daemon;
  await postLines(`${daemon.url}/events`, '{"n":1}\n{"n":0}\n{"n":9}\n{"n":2}\n{"n":5}');
  const outputs = (): string => {
    try {
      return readFileSync(join(cwd, 'out.ndjson'), 'utf8') + readFileSync(join(cwd, 'dead.ndjson'), 'utf8');
    } catch {
      return '';
    }
  };
  await until(() => outputs().split('\n').length === 5, 'all is processed');
  expect(await daemon.end()).toBe(0);
  const before = outputs();

  const same = await runCli(['replay', '--since', '0', '--diff'], { cwd });
  expect(same.exit, same.stderr).toBe(0);
  expect(linesOf(same.stdout).summary).toMatchObject({ summary: { same: 5, changed: 0 }, pointers: [] });

  writeFileSync(join(cwd, 'old.yaml'), old);
  const now = SCRIPTS('{n: /n, list: [/n, 20 / (/n - 1)]}', '{n: /n}').replace('/n != 9', '/n != 5');
  writeFileSync(join(cwd, 'colloquium.yaml'), now);
  for (const against of [[], ['--against', 'old.yaml']]) {
    const { exit, stdout, stderr } = await runCli(['replay', '--since', '0', '--diff=json', ...against], { cwd });
    expect(exit, stderr).toBe(0);
    const { events, summary } = linesOf(stdout);
    expect(events.map(({ outcome }) => outcome)).toEqual([
      'now fails',
      'no longer fails',
      'no longer filtered',
      'changed',
      'now filtered',
    ]);
    expect(events[0]?.reason).toMatch(/^invalid_argument: /);
    expect(events[3]?.changes).toEqual([{ pointer: '/list/1', from: 5, to: 20 }]);
    expect(summary).toEqual({
      summary: {
        same: 0,
        changed: 1,
        'now fails': 1,
        'no longer fails': 1,
        'now filtered': 1,
        'no longer filtered': 1,
        'now unrouted': 0,
        'no longer unrouted': 0,
        'unknown before': 0,
      },
      rerouted: 0,
      pointers: [{ pointer: '/list/*', events: 1 }],
    });
  }
  const args = ['replay', '--since', '0', '-p', 'default', '--diff', 'events', '--against-pipeline', 'other'];
  const other = await runCli([...args, '--limit', '4', '--sample', '2'], { cwd });
  expect(other.exit, other.stderr).toBe(0);
  expect(other.stdout.replaceAll(/[0-9a-f-]{36}/g, 'ID')).toMatch(
    /^ID default now fails: invalid_argument: .*\nID default changed\n {2}\/list: \(nothing\) → \[9,2\.5\]\n0 same, 1 changed, 1 now fails, 0 no longer fails, 0 now filtered, 0 no longer filtered, 0 now unrouted, 0 no longer unrouted\nmost changed:\n {2}\/list: 1\n$/,
  );
  expect(outputs()).toBe(before);

  for (const wrong of [
    ['--diff', '-o', 'x'],
    ['--against', 'old.yaml'],
    ['--diff', '--against-pipeline', 'other'],
  ]) {
    expect((await runCli(['replay', '--since', '0', ...wrong], { cwd })).exit, wrong.join(' ')).toBe(2);
  }
  const noIds = await runCli(['replay', '--since', '0', '-p', 'other', '--diff', 'summary'], { cwd });
  expect(noIds.exit).toBe(2);
  expect(noIds.stderr).toContain('give them envelope: true, or compare with another config or pipeline');
});

it('replay --diff pays only for requests that changed, and tells before what that is', async () => {
  const fake = await startFakeProvider({ wire: 'openai' });
  const config = (prompt: string): string => `
ai_providers:
  openai: { api_key: "${fake.apiKey}", base_url: "${fake.url}", cost_per_token: { input: 0.00003, output: 0.00006 } }
pipelines:
  default:
    stages:
      - ai: { model: gpt-4o-mini, prompt: 'one \${/q}', max_tokens: 20, into: /a }
      - ai: { model: gpt-4o-mini, prompt: '${prompt} \${/q}', max_tokens: 20, into: /b }
      - computo: '{/q, a: /a/response, b: /b/response}'
    outputs: [{ file: ./out.ndjson, envelope: true }]
`;
  const daemon = await startDaemon(config('two'));
  const { cwd } = daemon;
  await postLines(`${daemon.url}/events`, '{"q":"x"}\n{"q":"y"}\n{"q":"z"}');
  await until(() => fake.records.length === 6, 'all is asked');
  expect(await daemon.end()).toBe(0);

  const same = await runCli(['replay', '--since', '0', '--diff', 'summary'], { cwd });
  expect(same.stdout, same.stderr).toMatch(/^3 same, 0 changed/);
  expect(fake.records).toHaveLength(6);

  writeFileSync(join(cwd, 'colloquium.yaml'), `state_dir: ./state${config('three')}`);
  const priced = await runCli(['replay', '--since', '0', '--diff', '--dry-run', '--stats', 'json'], { cwd });
  expect(priced.exit, priced.stderr).toBe(0);
  const bill = JSON.parse(priced.stderr) as {
    readonly stages: readonly { readonly calls: number; readonly journaled?: number }[];
  };
  expect(bill.stages.map(({ calls }) => calls)).toEqual([0, 3]);
  expect(priced.stdout).toBe('');
  expect(fake.records).toHaveLength(6);

  const changed = await runCli(['replay', '--since', '0', '--diff', '--max-cost', '1'], { cwd });
  const { events } = linesOf(changed.stdout);
  expect(events.map(({ changes }) => changes)).toEqual(
    ['X', 'Y', 'Z'].map((q) => [{ pointer: '/b', from: `TWO ${q}`, to: `THREE ${q}` }]),
  );
  expect(fake.records).toHaveLength(9);
  const stopped = await runCli(['replay', '--since', '0', '--diff', '--live', '--max-cost', '0.0001'], { cwd });
  expect(stopped.exit).toBe(75);
  expect(fake.deviations).toEqual([]);
  await fake.close();
});

it('replay --diff finds no difference where there is none: routes, parts, several outputs, encryption, doubled lines', async () => {
  const cwd = scratch();
  const pipelines = (bound: number): string => `storage: { encryption: { key: ${'0f'.repeat(32)} } }
pipelines:
  routed:
    routing_key: /k
    outputs: [{ file: ./out/a.ndjson, when: a, envelope: true }, { file: ./out/b.ndjson, when: b, envelope: true, encrypt: true }]
    dead_letter: { file: ./out/dead-a.ndjson, encrypt: true }
  parts:
    stages: [{ explode: /list }]
    outputs: [{ file: ./out/c.ndjson, envelope: true }, { file: ./out/d.ndjson, envelope: true, rotate_size: 300 }]
    dead_letter: ./out/dead-c.ndjson
  filtered:
    stages: [{ filter: /n > ${bound} }]
    outputs: [{ file: ./out/e.ndjson, envelope: true }]
`;
  const daemon = await startDaemon(pipelines(1), { cwd });
  await postLines(`${daemon.url}/events/routed`, '{"k":"a"}\n{"k":"b"}\n{"k":"c"}\n{"n":1}\n');
  await postLines(`${daemon.url}/events/parts`, '{"list":[1,2,2]}\n{"list":[]}\n{"list":[3]}\n{}\n');
  await postLines(`${daemon.url}/events/filtered`, '{"n":1}\n{"n":2}\n{"n":3}\n');
  expect(await daemon.end()).toBe(0);
  const summaryOf = async (...args: string[]): Promise<{ counts: string; stderr: string }> => {
    const { exit, stdout, stderr } = await runCli(['replay', '--since', '0', '--diff', 'summary', ...args], { cwd });
    expect(exit, stderr).toBe(0);
    return { counts: stdout.split('\n')[0] ?? '', stderr };
  };
  const none =
    '0 changed, 0 now fails, 0 no longer fails, 0 now filtered, 0 no longer filtered, 0 now unrouted, 0 no longer unrouted';
  const all = await summaryOf();
  expect(all.counts).toBe(`11 same, ${none}`);
  expect(all.stderr).toContain('pipeline filtered: its dead letters are in no file');
  // Only the events that were sent to a pipeline have left something in its outputs.
  for (const [name, events] of Object.entries({ routed: 4, parts: 4, filtered: 3 })) {
    expect((await summaryOf('-p', name)).counts, name).toBe(`${events} same, ${none}`);
  }
  const again = await runCli(['replay', '--since', '0', '--to-outputs', '--no-progress'], { cwd });
  expect(again.exit, again.stderr).not.toBe(2);
  expect((await summaryOf()).counts).toBe(`11 same, ${none}`);

  const config = readFileSync(join(cwd, 'colloquium.yaml'), 'utf8');
  writeFileSync(join(cwd, 'new.yaml'), config.replace('/n > 1', '/n > 2').replace('when: a,', 'when: [a, c],'));
  const differing = await summaryOf('-c', 'new.yaml');
  expect(differing.counts).toBe(`9 same, ${none.replace('0 now filtered, 0', '1 now filtered, 1')}`);
  // Outputs don't tell what was unrouted from what was filtered.
  const unrouted = none
    .replace('0 now filtered', '1 now filtered')
    .replace('0 no longer unrouted', '1 no longer unrouted');
  expect((await summaryOf('-c', 'new.yaml', '--against', 'colloquium.yaml')).counts).toBe(`9 same, ${unrouted}`);
  rmSync(join(cwd, 'out/e.ndjson'));
  expect((await summaryOf('-p', 'filtered')).stderr).toContain('e.ndjson: there is no such file');
});

it('replay --diff compares where events go: to another output, to two, to none', async () => {
  const routed = (key: string, hi = 'hi'): string => `
pipelines:
  default:
    stages: [{ explode: /list }]
    routing_key: '${key}'
    outputs: [{ file: ./out/hi.ndjson, envelope: true, when: [hi] }, { file: ./out/lo.ndjson, envelope: true, when: [lo, ${hi}] }]
    dead_letter: ./dead.ndjson
`;
  const old = routed('if $input > 1 then "hi" else "lo"', 'none');
  const daemon = await startDaemon(old);
  const { cwd } = daemon;
  await postLines(`${daemon.url}/events`, '{"list":[1]}\n{"list":[2]}\n{"list":[3,1,2]}\n');
  expect(await daemon.end()).toBe(0);
  writeFileSync(join(cwd, 'old.yaml'), old);
  const changes: Record<string, readonly [config: string, events: readonly object[]]> = {
    same: [old, [{ outcome: 'same' }, { outcome: 'same' }, { outcome: 'same' }]],
    swapped: [
      routed('if $input > 1 then "lo" else "hi"', 'none'),
      [
        { outcome: 'changed', routes: [{ from: ['lo'], to: ['hi'] }] },
        { outcome: 'changed', routes: [{ from: ['hi'], to: ['lo'] }] },
        {
          outcome: 'changed',
          routes: [
            { from: ['hi'], to: ['lo'], parts: 2 },
            { from: ['lo'], to: ['hi'], parts: 1 },
          ],
        },
      ],
    ],
    both: [
      routed('if $input > 1 then "hi" else "lo"'),
      [
        { outcome: 'same' },
        { outcome: 'changed', routes: [{ from: ['hi'], to: ['hi', 'lo'] }] },
        { outcome: 'changed', routes: [{ from: ['hi'], to: ['hi', 'lo'], parts: 2 }] },
      ],
    ],
    nowhere: [
      routed('if $input > 1 then "nowhere" else "lo"', 'none'),
      [
        { outcome: 'same' },
        { outcome: 'now unrouted' },
        { outcome: 'changed', routes: [{ from: ['hi'], to: [], parts: 2 }] },
      ],
    ],
    filtered: [
      old.replace('{ explode: /list }', '{ explode: /list }, { filter: "$input > 100" }'),
      [{ outcome: 'now filtered' }, { outcome: 'now filtered' }, { outcome: 'now filtered' }],
    ],
    whole: [
      old.replace('{ explode: /list }', '{ computo: /list/0 }'),
      [{ outcome: 'same' }, { outcome: 'same' }, { outcome: 'changed' }],
    ],
  };
  for (const [name, [config, expected]] of Object.entries(changes)) {
    writeFileSync(join(cwd, 'colloquium.yaml'), config);
    for (const against of [[], ['--against', 'old.yaml']]) {
      const { exit, stdout, stderr } = await runCli(['replay', '--since', '0', '--diff=json', ...against], { cwd });
      expect(exit, stderr).toBe(0);
      const { events, summary } = linesOf(stdout);
      expect(events, `${name} ${against.join(' ')}`).toMatchObject(expected);
      const rerouted = expected.filter((event) => 'routes' in event).length;
      expect(summary, name).toMatchObject({ rerouted });
      expect(events.filter((event) => 'routes' in event)).toHaveLength(rerouted);
    }
  }
  writeFileSync(join(cwd, 'colloquium.yaml'), routed('if $input > 1 then "nowhere" else "lo"', 'none'));
  const text = await runCli(['replay', '--since', '0', '--diff=events'], { cwd });
  expect(text.stdout.replaceAll(/[0-9a-f-]{36}/g, 'ID')).toBe(`ID default now unrouted
ID default changed
  (outputs): hi → (none) (2 parts)
1 same, 1 changed, 0 now fails, 0 no longer fails, 0 now filtered, 0 no longer filtered, 1 now unrouted, 0 no longer unrouted
most changed:
  (outputs): 1
`);
  // Back again: the outputs of two configs that lie elsewhere are partners in their order, and those of unrouted events are told.
  const moved = old.replaceAll('./out/', './tried/');
  writeFileSync(join(cwd, 'moved.yaml'), moved);
  const back = await runCli(
    ['replay', '-c', 'moved.yaml', '--since', '0', '--diff=json', '--against', 'colloquium.yaml'],
    { cwd },
  );
  expect(linesOf(back.stdout).events).toMatchObject([
    { outcome: 'same' },
    { outcome: 'no longer unrouted' },
    { outcome: 'changed', routes: [{ from: [], to: ['hi'], parts: 2 }] },
  ]);
});

it('replay --diff tells that an event goes to another file of an output that has a file per key', async () => {
  const keyed = (key: string): string => `
pipelines:
  default:
    routing_key: '${key}'
    outputs: [{ file: './out/{routing_key}.ndjson' }]
`;
  const daemon = await startDaemon(keyed('/a').replace('{routing_key}', 'all'));
  const { cwd } = daemon;
  await postLines(`${daemon.url}/events`, '{"a":"x","b":"x"}\n{"a":"x","b":"y"}\n');
  expect(await daemon.end()).toBe(0);
  writeFileSync(join(cwd, 'old.yaml'), keyed('/a'));
  writeFileSync(join(cwd, 'new.yaml'), keyed('/b'));
  const args = ['replay', '-c', 'new.yaml', '--since', '0', '--diff=json', '--against', 'old.yaml'];
  const { stdout, stderr } = await runCli(args, { cwd });
  expect(linesOf(stdout).events, stderr).toMatchObject([
    { outcome: 'same' },
    { outcome: 'changed', routes: [{ from: ['{routing_key} (x)'], to: ['{routing_key} (y)'] }] },
  ]);
});

it('replay --diff knows nothing of the result of an event that an output may hold without its id', async () => {
  const whole = SCRIPTS('{n: /n}', '{n: /n}');
  const daemon = await startDaemon(whole.replace(', envelope: true', ''));
  const { cwd } = daemon;
  const written = (): number => {
    try {
      return readFileSync(join(cwd, 'out.ndjson'), 'utf8').split('\n').length - 1;
    } catch {
      return 0;
    }
  };
  await postLines(`${daemon.url}/events`, '{"n":1}\n{"n":9}\n{"n":2}');
  await until(() => written() === 2, 'all is processed');
  expect(await daemon.end()).toBe(0);

  writeFileSync(join(cwd, 'colloquium.yaml'), whole);
  const { exit, stdout, stderr } = await runCli(['replay', '--since', '0', '--diff=json'], { cwd });
  expect(exit, stderr).toBe(0);
  const { events, summary } = linesOf(stdout);
  expect(events.map(({ outcome }) => outcome)).toEqual(Array.from({ length: 3 }, () => 'unknown before'));
  expect(summary).toMatchObject({ summary: { 'no longer filtered': 0, 'unknown before': 3 } });
  expect(stderr).toContain('2 lines are not whole events (written without envelope: true?)');
  const text = await runCli(['replay', '--since', '0', '--diff=summary'], { cwd });
  expect(text.stdout).toContain(', 3 unknown before\n');
});
