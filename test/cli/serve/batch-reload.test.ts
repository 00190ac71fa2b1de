import { afterEach, describe, expect, it } from 'vitest';
import { runCli } from '../../support/cli.js';
import { startDaemon, until, type TestDaemon } from '../../support/daemon.js';
import type { FakeProvider } from '../../support/fake-provider.js';
import {
  BatchFakes,
  changeConfig,
  costsIn,
  expectOut,
  give,
  laneConfig,
  outputOf,
  rowsFrom,
  sizesAt,
} from './batch-daemon.js';

describe('a daemon with a batch out', () => {
  const fakes = new BatchFakes();
  afterEach(() => fakes.close());

  /** A batch of five requests is out, which ends when it may. */
  const outAt = async (
    lane = 'lane: batch, max_batch: 5',
  ): Promise<{ readonly fake: FakeProvider; readonly daemon: TestDaemon; readonly end: () => void }> => {
    let looks = Infinity;
    const fake = await fakes.start('openai', {
      get looks() {
        return looks;
      },
    });
    const daemon = await startDaemon(laneConfig(fake, lane));
    await give(daemon, rowsFrom(5));
    await until(() => fake.batches.length === 1, 'a batch is out');
    await daemon.says('was sent to openai');
    return { fake, daemon, end: () => (looks = 0) };
  };
  const change = async (daemon: TestDaemon, from: string, to: string): Promise<void> => {
    changeConfig(daemon, from, to);
    await daemon.says('the changed config is in use');
  };
  const UNASKED =
    /^batch \w+ \(5 requests, at most \$[0-9.]+\) of pipeline default is still out at openai as batch-0, and no event asks/;

  it.each([
    ['prompt', '"${/q}"', '"Please: ${/q}"'],
    ['model', 'model: gpt-4o-mini', 'model: gpt-4o'],
  ])('asks anew with a changed %s, and names what is paid for nothing', async (_, from, to) => {
    const { fake, daemon, end } = await outAt();
    await change(daemon, from, to);
    await daemon.says(UNASKED);
    await until(() => fake.batches.length === 2, 'the changed requests are sent');
    end();
    await until(() => outputOf(daemon.cwd).length === 5, 'all are answered');
    await daemon.says(/^batch \w+ ended: 5 answered/);
    await until(async () => (await costsIn(daemon.cwd))['batch'] === Number(fake.billed), 'both are booked');
    expect(await daemon.end()).toBe(0);
    expect(sizesAt(fake)).toEqual([5, 5]);
  });

  it('names what it has left out for a stage that is removed', async () => {
    const { fake, daemon } = await outAt();
    const stages = / {4}stages:\n.*\n/.exec(laneConfig(fake, 'lane: batch, max_batch: 5'))?.[0] ?? '';
    await change(daemon, stages, '    stages: []\n');
    await until(() => outputOf(daemon.cwd).length === 5, 'all go through');
    const { msg } = await daemon.says('asks no provider');
    expect(msg).toMatch(
      /^batch \w+ \(5 requests, at most \$[0-9.]+\) of pipeline default is still out at openai as batch-0, /,
    );
    expect(await daemon.end()).toBe(0);
  });

  it('names what it has left out for a pipeline that is removed, and fetches it when it is back', async () => {
    const { fake, daemon, end } = await outAt();
    await change(daemon, '  default:\n', '  other:\n');
    const { msg } = await daemon.says('that pipeline is not in the config any more');
    expect(msg).toMatch(/5 requests, at most \$[0-9.]+\) of pipeline default/);
    expect(await daemon.end()).toBe(0);
    end();
    const again = await startDaemon(laneConfig(fake, 'lane: batch, max_batch: 5'), { cwd: daemon.cwd });
    await until(() => outputOf(daemon.cwd).length === 5, 'all are answered');
    expect(await again.end()).toBe(0);
    expectOut(daemon.cwd, rowsFrom(5));
    expect(fake.records).toHaveLength(5);
    expect(again.said().filter(({ msg: words }) => words.includes('is still out'))).toEqual([]);
  });

  it('has journal batches end, give up and fetch one beside it, and pays for nothing in secret', async () => {
    const { fake, daemon, end } = await outAt();
    const { cwd } = daemon;
    const idOf = async (state: string): Promise<string> => {
      const { stdout } = await runCli(['journal', 'batches', '--format', 'json'], { cwd });
      const all = stdout
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as { id: string; state: string });
      return all.find((one) => one.state === state)?.id ?? '';
    };
    const first = await idOf('submitted');
    const early = await runCli(['journal', 'batches', '--fetch', first], { cwd });
    expect([early.exit, early.stdout]).toEqual([
      0,
      `batch ${first} is not ready yet: 0 of 5 requests are done at openai\n`,
    ]);
    const cancelled = await runCli(['journal', 'batches', '--cancel', first], { cwd });
    expect(cancelled.exit, cancelled.stderr).toBe(0);
    // What was cancelled goes into the next batch, and is given up there, and asked again as the stage says.
    await until(() => fake.batches.length === 2, 'the next batch is out');
    let second = '';
    await until(async () => (second = await idOf('submitted')) !== '', 'the next batch is recorded');
    const forgotten = await runCli(['journal', 'batches', '--forget', second], { cwd });
    expect([forgotten.exit, forgotten.stdout]).toEqual([0, expect.stringContaining('is given up: ')]);
    end();
    await until(() => outputOf(cwd).length === 5, 'all are answered');
    expect(await daemon.end()).toBe(0);
    expectOut(cwd, rowsFrom(5));
    expect(sizesAt(fake)).toEqual([5, 5]);
    // The second batch was not asked for any more: whether it was billed is in doubt.
    const { live = 0 } = await costsIn(cwd);
    expect(live).toBe(Number(fake.billed));
    const listed = await runCli(['journal', 'batches'], { cwd });
    expect(listed.stdout).toContain(`${second} in doubt: it was given up by hand`);
  });

  it('sends the requests of an event that a batch gives back in the next one, with lane: auto and enough that wait', async () => {
    let isOver = false;
    const fake: FakeProvider = await fakes.start('openai', {
      get looks() {
        return isOver ? 0 : Infinity;
      },
      fate: (row, batch) => (batch === 0 && row === 0 ? 'expired' : 'answered'),
    });
    const daemon = await startDaemon(laneConfig(fake, 'lane: auto, min_batch: 20, max_batch: 40, max_wait: 1h'));
    for (let n = 0; n < 3; n += 1) {
      await give(daemon, rowsFrom(40, 40 * n));
      await until(() => fake.batches.length === n + 1, `batch ${n} is out`);
    }
    // One is missing in this batch: that which the first gives back.
    await give(daemon, rowsFrom(39, 120));
    isOver = true;
    await until(() => outputOf(daemon.cwd).length === 159, 'all are answered');
    expect(await daemon.end()).toBe(0);
    expectOut(daemon.cwd, rowsFrom(159));
    expect(sizesAt(fake)).toEqual([40, 40, 40, 40]);
    expect(await costsIn(daemon.cwd)).toEqual({ batch: Number(fake.billed) });
  });
});
