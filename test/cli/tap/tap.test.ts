import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bin, resultOf, runCli, startCli, type CliResult } from '../../support/cli.js';
import { postLines, startDaemon, until, type TestDaemon } from '../../support/daemon.js';
import { startFakeProvider } from '../../support/fake-provider.js';
import { closedGate } from '../../support/gate.js';
import { configOf, providerOf } from '../ai-stage.js';

const STAGES = `
pipelines:
  default:
    stages:
      - { name: double, computo: ["obj", "n", ["$input", "/n"], "doubled", ["*", 2, ["$input", "/n"]]] }
      - { filter: [">", ["$input", "/doubled"], 2] }
      - { computo: ["$input", "/doubled"] }
    routing_key: ["if", [">", ["$input"], 4], "large", "small"]
    outputs: [{ file: ./out.ndjson }]
    dead_letter: ./dead.ndjson
`;

interface Watch {
  /** What it has printed so far. */
  readonly seen: () => string;
  /** What it printed, once it has ended. */
  readonly result: Promise<CliResult>;
  readonly child: ChildProcess;
}

/** Starts `colloquium tap` beside a daemon; resolves when it is connected. */
async function watch({ url, cwd }: TestDaemon, ...args: string[]): Promise<Watch> {
  const child = startCli(['tap', '--url', url, ...args], { cwd });
  const result = resultOf(child);
  let seen = '';
  child.stdout?.on('data', (chunk: Buffer) => (seen += chunk.toString()));
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await until(() => said.includes(`tapping ${url}`), 'it is connected');
  return { seen: () => seen, result, child };
}

const dataOf = ({ stdout }: CliResult): unknown[] =>
  stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => (JSON.parse(line) as { data: unknown }).data);

describe.concurrent('colloquium tap', () => {
  it('shows events as they leave the pipeline, a stage, or a stage and a filter', async () => {
    const daemon = await startDaemon(STAGES, { server: 'tokens: [s3cret-for-tests]' });
    writeFileSync(join(daemon.cwd, 'token'), 's3cret-for-tests\n');
    const refused = await runCli(['tap', '--url', daemon.url], { cwd: daemon.cwd });
    expect(refused).toMatchObject({
      stdout: '',
      stderr: expect.stringContaining('COLLOQUIUM_TOKEN') as unknown,
      exit: 2,
    });
    const withFile = ['--token-file', 'token'];
    const finished = await watch(daemon, ...withFile);
    const large = await watch(
      daemon,
      '-c',
      'colloquium.yaml',
      '--stage',
      'double',
      '--filter',
      '[">", ["$input", "/n"], 2]',
    );
    const failing = await watch(daemon, ...withFile, '-p', 'default', '--filter', '["$input", "/nothing"]');
    const stopped = await watch(daemon, ...withFile);
    stopped.child.kill('SIGINT');
    expect(await stopped.result).toEqual({ stdout: '', stderr: `colloquium: tapping ${daemon.url}\n`, exit: 'SIGINT' });

    const authorization = 'Bearer s3cret-for-tests';
    await postLines(`${daemon.url}/events`, '{"n":1}\n{"n":2}\n{"x":0}\n{"n":3}\n', { authorization });
    await until(() => readFileSync(join(daemon.cwd, 'out.ndjson'), 'utf8') === '4\n6\n', 'all are out');
    expect(await daemon.end()).toBe(0);
    const results = await Promise.all([finished, large, failing].map(({ result }) => result));
    expect(results.map(dataOf)).toEqual([[4, 6], [{ n: 3, doubled: 6 }], []]);
    expect(results.map(({ exit }) => exit)).toEqual([0, 0, 0]);
    expect(results[0]?.stdout.split('\n')[1]).toContain('"routing_key":"large"');
    expect(results[2]?.stderr).toMatch(/the filter fails on an event.*\n.*the filter failed on 2 events/);
  });

  it('tells the parts of an event by their ids, behind a stage as where they leave the pipeline', async () => {
    const parts =
      'pipelines: { default: { stages: [{ explode: /items }, { computo: $input }], outputs: [{ stdout: true }] } }';
    const daemon = await startDaemon(parts);
    const watches = [await watch(daemon, '--stage', 'explode-1'), await watch(daemon)];
    await postLines(`${daemon.url}/events`, '{"items":[1,2]}\n');
    await until(() => watches.every((one) => one.seen().split('\n').length > 2), 'both parts are shown');
    await daemon.end();
    for (const one of watches) {
      const ids = (await one.result).stdout
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { id: string }).id);
      expect(ids.map((id) => id.slice(-2))).toEqual(['.0', '.1']);
      expect(new Set(ids.map((id) => id.slice(0, -2))).size).toBe(1);
    }
  });

  it('ends when its reader has gone, though no other event comes', async () => {
    const daemon = await startDaemon(STAGES);
    const command = `"${process.execPath}" "${bin}" tap --url ${daemon.url} | head -n 1`;
    const shell = spawn('sh', ['-c', command], { cwd: daemon.cwd });
    const result = resultOf(shell);
    let said = '';
    shell.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await until(() => said.includes('tapping'), 'it is connected');
    await postLines(`${daemon.url}/events`, '{"n":2}\n');
    expect(await result).toMatchObject({ stdout: expect.stringContaining('"data":4') as unknown, exit: 0 });
    await daemon.end();
  });

  it('shows what leaves an AI stage, and what went in before it is answered; says when the connection breaks', async () => {
    const answers = closedGate();
    const fake = await startFakeProvider({ wire: 'openai', hold: answers.opened });
    const config = configOf({ openai: providerOf(fake) }).replace('state_dir: ./state\n', '');
    const stages = config.replace('stages:', 'stages:\n      - { name: before, computo: ["$input"] }');
    const daemon = await startDaemon(`${stages}    outputs: [{ file: ./out.ndjson }]\n`);
    const before = await watch(daemon, '--stage', 'before');
    const after = await watch(daemon, '--stage', 'ai-1');
    await postLines(`${daemon.url}/events`, '{"q":"why"}\n');
    await until(() => before.seen().includes('{"q":"why"}'), 'it is shown before it is answered');
    expect([after.seen(), readFileSync(join(daemon.cwd, 'out.ndjson'), 'utf8')]).toEqual(['', '']);
    answers.open();
    await until(() => after.seen().includes('"q":"why"'), 'it is shown with its answer');
    // Its reader has gone.
    before.child.stdout?.destroy();
    await postLines(`${daemon.url}/events`, '{"q":"who"}\n');
    expect(await before.result).toMatchObject({ stdout: expect.stringContaining('{"q":"why"}') as unknown, exit: 0 });
    await daemon.end('SIGKILL');
    const result = await after.result;
    expect(dataOf(result)[0]).toEqual({ q: 'why', a: expect.objectContaining({ cached: false }) as unknown });
    expect(result).toMatchObject({ stderr: expect.stringContaining('connection') as unknown, exit: 74 });
    await fake.close();
  });
});
