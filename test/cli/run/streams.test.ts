import { appendFileSync, closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { resultOf, runCli, scratch, startCli, type CliResult } from '../../support/cli.js';
import { until } from '../../support/daemon.js';

const SCRIPT = ['-e', '["$input"]'];

/** Runs with standard input redirected from a path. */
async function runFrom(path: string, args: readonly string[], cwd = scratch()): Promise<CliResult> {
  const stdin = openSync(path, 'r');
  try {
    return await runCli([...SCRIPT, ...args], { cwd, stdin });
  } finally {
    closeSync(stdin);
  }
}

describe('run, whatever its three streams are', () => {
  it('goes on to the end when nobody reads stderr any more', async () => {
    const child = startCli(SCRIPT);
    child.stderr?.destroy();
    const ended = resultOf(child);
    child.stdin?.end('oops\n'.repeat(10_000) + '1\n');
    expect(await ended).toMatchObject({ stdout: '1\n', exit: 3 });
  });

  it('refuses a folder as stdin, and takes a device', async () => {
    expect(await runFrom(scratch(), [])).toMatchObject({
      stderr: 'colloquium: cannot open stdin: it is a directory\n  hint: name its files, or cat them into the pipe\n',
      exit: 2,
    });
    expect(await runFrom('/dev/null', [])).toMatchObject({ stdout: '', exit: 0 });
  });

  it('follows what is appended to a file, until it is interrupted', async () => {
    const cwd = scratch();
    const path = join(cwd, 'in.ndjson');
    writeFileSync(path, '1\n');
    const child = startCli([...SCRIPT, '--follow', 'in.ndjson'], { cwd });
    const ended = resultOf(child);
    let seen = '';
    child.stdout?.on('data', (chunk: Buffer) => (seen += chunk.toString()));
    await until(() => seen === '1\n', 'what is there');
    appendFileSync(path, '2\n');
    await until(() => seen === '1\n2\n', 'what has come');
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ stdout: '1\n2\n', exit: 130 });
  });

  it('says the counts as JSON last, behind the command that goes on after an interruption', async () => {
    const cwd = scratch();
    writeFileSync(join(cwd, 'in.ndjson'), `"${'x'.repeat(4000)}"\n`.repeat(20_000));
    const slow = ['-e', 'reduce(list.range(5000), (s, n) => s + n, 0)', '-j', '1'];
    const child = startCli([...slow, '--resume', '--stats', 'json', '-o', 'out.ndjson', 'in.ndjson'], { cwd });
    const ended = resultOf(child);
    const out = join(cwd, 'out.ndjson');
    await until(() => existsSync(out) && readFileSync(out, 'utf8') !== '', 'some of it is done');
    child.kill('SIGINT');
    const { stderr, exit } = await ended;
    expect(exit).toBe(130);
    expect(stderr).toContain('continue with: colloquium --resume');
    expect(JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({ ended_by: 'signal' });
  });

  it('does not write over what it reads from stdin', async () => {
    const cwd = scratch();
    const path = join(cwd, 'x.ndjson');
    writeFileSync(path, '1\n');
    const { exit, stderr } = await runFrom(path, ['-o', 'x.ndjson'], cwd);
    expect(stderr).toContain('both input and output');
    expect(exit).toBe(2);
    expect(readFileSync(path, 'utf8')).toBe('1\n');
  });
});
