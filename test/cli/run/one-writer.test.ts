import type { ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli, scratch } from '../../support/cli.js';
import { until } from '../../support/daemon.js';
import { SAME, UnderWay } from './under-way.js';
import { each } from '../../support/runs.js';

/** Whether a process has the lock of a file. */
function hasLock(cwd: string, { pid }: ChildProcess): boolean {
  const locks = join(cwd, '.state/colloquium/locks');
  if (!existsSync(locks)) return false;
  return readdirSync(locks, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .some((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8').includes(`"pid":${pid},`));
}

async function begun(cwd: string, args: readonly string[]): Promise<UnderWay> {
  const run = new UnderWay(cwd, [...SAME, ...args]);
  await until(() => existsSync(join(cwd, 'out')) && hasLock(cwd, run.child), 'the run has its output');
  return run;
}

const PLAIN = ['-o', 'out'];
const RESUME = ['--resume', '-o', 'out'];

function newPlace(): { cwd: string; out: () => string } {
  const cwd = scratch();
  writeFileSync(join(cwd, 'other'), '"other"\n');
  return { cwd, out: () => readFileSync(join(cwd, 'out'), 'utf8') };
}

describe.concurrent('an output has one writer', () => {
  each(2)([
    ['a run beside a run --resume', RESUME, PLAIN],
    ['a run --resume beside a run', PLAIN, RESUME],
    ['a run --restart beside a run', PLAIN, ['--restart', '-o', 'out']],
    ['a run beside a run', PLAIN, PLAIN],
    ['a run with the same output by another path', PLAIN, ['-o', './out']],
  ])('%s is refused, and says which process has it', async (_, first, second) => {
    const { cwd, out } = newPlace();
    const run = await begun(cwd, first);
    run.send('1');

    const refused = await runCli([...SAME, ...second, 'other'], { cwd });
    expect(refused).toMatchObject({ exit: 2, stdout: '' });
    expect(refused.stderr).toContain(`is in use: process ${run.child.pid} (colloquium run) has it since`);
    run.send('2');
    expect((await run.end()).exit).toBe(0);
    expect(out()).toBe('1\n2\n');
    // It has given it back.
    expect((await runCli([...SAME, ...PLAIN, 'other'], { cwd })).exit).toBe(0);
    expect(out()).toBe('"other"\n');
  });

  it('also in a later run --resume of it', async () => {
    const { cwd, out } = newPlace();
    expect((await runCli([...SAME, ...RESUME, '-'], { cwd, input: '1\n' })).exit).toBe(0);
    const run = await begun(cwd, RESUME);
    run.send('1');
    expect((await runCli([...SAME, ...PLAIN, 'other'], { cwd })).exit).toBe(2);
    run.send('2');
    expect((await run.end()).exit).toBe(0);
    expect(out()).toBe('1\n2\n');
  });

  it('until that is dead, however it died', async () => {
    const { cwd, out } = newPlace();
    const run = await begun(cwd, PLAIN);
    await run.kill();
    expect((await runCli([...SAME, ...RESUME, 'other'], { cwd })).exit).toBe(0);
    expect(out()).toBe('"other"\n');
  });

  it('but several runs may add to one file, and write to one device', async () => {
    const { cwd } = newPlace();
    const args = ['-o', '/dev/null', '--dead-letter', 'dead'];
    const run = new UnderWay(cwd, [...SAME, ...args]);
    await until(() => existsSync(join(cwd, 'dead')), 'the first has its files');
    expect((await runCli([...SAME, ...args, '-'], { cwd, input: 'no json\n' })).exit).toBe(3);
    run.send('no json either');
    expect((await run.end()).exit).toBe(3);
    expect(readFileSync(join(cwd, 'dead'), 'utf8').trim().split('\n')).toHaveLength(2);
  });

  it('and where no state can be kept, a run goes on without', async () => {
    const { cwd, out } = newPlace();
    for (const state of [join(cwd, 'other'), '/proc/nothing']) {
      const env = { XDG_STATE_HOME: state };
      const { exit, stderr } = await runCli([...SAME, ...PLAIN, 'other'], { cwd, env });
      expect(exit, stderr).toBe(0);
      expect(out()).toBe('"other"\n');
    }
  });
});
