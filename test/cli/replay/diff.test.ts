import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runCli } from '../../support/cli.js';
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
      },
      pointers: [{ pointer: '/list/*', events: 1 }],
    });
  }
  const args = ['replay', '--since', '0', '-p', 'default', '--diff', 'events', '--against-pipeline', 'other'];
  const other = await runCli([...args, '--limit', '4', '--sample', '2'], { cwd });
  expect(other.exit, other.stderr).toBe(0);
  expect(other.stdout.replaceAll(/[0-9a-f-]{36}/g, 'ID')).toMatch(
    /^ID default now fails: invalid_argument: .*\nID default changed\n {2}\/list: \(nothing\) → \[9,2\.5\]\n0 same, 1 changed, 1 now fails, 0 no longer fails, 0 now filtered, 0 no longer filtered\nmost changed:\n {2}\/list: 1\n$/,
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
