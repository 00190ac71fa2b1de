import { appendFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { resultOf, runCli, scratch, startCli } from '../support/cli.js';
import { until } from '../support/daemon.js';

const LINES = 300_000;
/** Slow enough, on every machine, that a run is caught under way. */
const SCRIPT =
  '["reduce", {"array": [1,2,3,4,5,6,7,8]}, ["lambda", ["sum", "n"], ["+", ["$", "/sum"], ["$", "/n"]]], ["$input"]]';

const numbers = (count: number): string => Array.from({ length: count }, (_, n) => `${n}\n`).join('');
const sums = (count: number): string => Array.from({ length: count }, (_, n) => `${n + 36}\n`).join('');

describe('run --resume', () => {
  it('goes on after SIGKILL at any moment: every line once, in order', async () => {
    const cwd = scratch();
    writeFileSync(join(cwd, 'in.ndjson'), numbers(LINES));
    const args = ['-e', SCRIPT, '--resume', '-o', 'out.ndjson', 'in.ndjson', '--no-progress'];
    const output = join(cwd, 'out.ndjson');
    for (const share of [0.2, 0.6]) {
      const child = startCli(args, { cwd });
      const ended = resultOf(child);
      const isUnderWay = (): boolean => existsSync(output) && statSync(output).size > share * sums(LINES).length;
      await until(() => isUnderWay() || child.exitCode !== null, 'it is under way');
      child.kill('SIGKILL');
      await ended;
    }
    expect(await runCli(args, { cwd })).toMatchObject({ exit: 0 });
    expect(readFileSync(join(cwd, 'out.ndjson'), 'utf8')).toBe(sums(LINES));
  });

  it('does only what was appended when the last run came to the end', async () => {
    const cwd = scratch();
    writeFileSync(join(cwd, 'in.ndjson'), numbers(2));
    const args = ['-e', SCRIPT, '--resume', '-o', 'out.ndjson', 'in.ndjson'];
    await runCli(args, { cwd });
    appendFileSync(join(cwd, 'in.ndjson'), 'oops\n2\n');
    const second = await runCli(args, { cwd });
    expect(second.stderr).toContain('"line":3}');
    expect(second.stderr).toContain('2 in, 1 out, 1 dead-lettered');
    expect(readFileSync(join(cwd, 'out.ndjson'), 'utf8')).toBe(sums(3));
  });

  it('refuses stdout, which cannot be cut back', async () => {
    const { exit, stderr } = await runCli(['-e', '1', '--resume'], {});
    expect(exit).toBe(2);
    expect(stderr).toContain('-o');
  });
});
