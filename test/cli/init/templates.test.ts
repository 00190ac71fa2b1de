import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli, scratch, startCli } from '../../support/cli.js';
import { daemonOf, until } from '../../support/daemon.js';
import { NATS_MISSING, startNatsServer } from '../../support/nats-server.js';

/** A new config, checked and tested. @returns its folder, and what `init` says should be tried first */
async function begun(template: string): Promise<{ cwd: string; said: string }> {
  const cwd = scratch();
  const { stderr: said, exit } = await runCli(['init', '--template', template], { cwd });
  expect(exit).toBe(0);
  const check = await runCli(['check', '--strict'], { cwd, env: { OPENAI_API_KEY: 'secret' } });
  expect([check.stderr, check.exit]).toEqual(['colloquium: 1 file checked, no mistakes\n', 0]);
  for (const [file, flags, schema] of [
    ['colloquium.yaml', [], 'colloquium.schema.json'],
    ['colloquium.test.yaml', ['--tests'], 'colloquium.test.schema.json'],
  ] as const) {
    const [line] = readFileSync(join(cwd, file), 'utf8').split('\n');
    expect(line).toBe(`# yaml-language-server: $schema=./${schema}`);
    expect(readFileSync(join(cwd, schema), 'utf8')).toBe((await runCli(['schema', ...flags])).stdout);
  }
  const test = await runCli(['test'], { cwd });
  expect([test.exit, test.stdout], test.stderr).toEqual([0, expect.stringMatching(/^\d passed$/m)]);
  return { cwd, said };
}

/** Sends the sample to a daemon of the config, and waits until its results are out. */
async function served(cwd: string, args: readonly string[], output: string, count: number): Promise<void> {
  const daemon = await daemonOf(startCli(['serve', '--port', '0', ...args], { cwd }), cwd).ready;
  const answer = await fetch(`${daemon.url}/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body: readFileSync(join(cwd, 'sample.ndjson')),
  });
  expect(answer.status).toBe(202);
  const results = (): number => readFileSync(join(cwd, output), 'utf8').split('\n').length - 1;
  await until(() => Promise.resolve(results() === count), `${output} has ${count} lines`);
  expect(await daemon.end()).toBe(0);
}

describe('colloquium init --template', () => {
  it('run: the first command writes what comes of the sample', async () => {
    const { cwd, said } = await begun('run');
    expect(said).toContain('try it: colloquium run sample.ndjson\n');
    const { stdout, stderr, exit } = await runCli(['run', '-q', 'sample.ndjson'], { cwd });
    expect([stdout.split('\n').length - 1, stderr, exit]).toEqual([3, '', 0]);
  });

  it('ai: the first command says what it would cost, without a key', async () => {
    const { cwd, said } = await begun('ai');
    expect(said).toContain('try it: colloquium run --dry-run sample.ndjson ');
    const { stderr, exit } = await runCli(['run', '--dry-run', 'sample.ndjson'], { cwd });
    expect(stderr).toContain('3 in; nothing was sent');
    expect(stderr).toContain('budget: $1.00 left: enough');
    expect(exit).toBe(0);
  });

  it('serve: the daemon takes the sample', async () => {
    const { cwd, said } = await begun('serve');
    expect(said).toContain('try it: colloquium serve\n');
    await served(cwd, [], 'out/errors.ndjson', 1);
    const { stderr, exit } = await runCli([], { cwd, input: '{"no":"level"}\n' });
    expect([stderr, exit]).toEqual([expect.stringContaining('1 in, 1 out'), 0]);
    expect(readFileSync(join(cwd, 'out/events.ndjson'), 'utf8')).toContain('"no":"level"');
  });

  it.skipIf(NATS_MISSING)('fleet: a daemon joins, and works on the sample', async () => {
    const { cwd, said } = await begun('fleet');
    expect(said).toContain('try it: nats-server -js\n');
    const server = await startNatsServer();
    await served(cwd, ['--join', server.url], 'out/events.ndjson', 3);
    await server.end();
  });
});
