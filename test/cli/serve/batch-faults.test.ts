import { afterEach, describe, expect, it } from 'vitest';
import { runCli } from '../../support/cli.js';
import { startDaemon, until, type TestDaemon } from '../../support/daemon.js';
import type { BatchFault, BatchStep } from '../../support/fake-batches.js';
import { BatchFakes, costsIn, expectOut, give, laneConfig, outputOf, rowsFrom, sizesAt } from './batch-daemon.js';

describe('a daemon that sends batches', () => {
  const fakes = new BatchFakes();
  afterEach(() => fakes.close());

  const metricsOf = async ({ url }: TestDaemon): Promise<string> => await (await fetch(`${url}/metrics`)).text();
  const said = (daemon: TestDaemon, words: string): readonly string[] =>
    daemon.said().flatMap(({ msg }) => (msg.includes(words) ? [msg] : []));

  it('goes on with the results that are there, and waits for the others alone', async () => {
    let isThere = false;
    const fake = await fakes.start('openai', { withholds: (row) => row === 4 && !isThere });
    const daemon = await startDaemon(laneConfig(fake, 'lane: batch, max_batch: 6'));
    const { cwd } = daemon;
    await give(daemon, rowsFrom(6));
    await until(() => outputOf(cwd).length === 4, 'what is before the missing result is out');
    const each = Number(fake.billed) / 6;
    expect(await costsIn(cwd)).toEqual({ batch: Math.round(5 * each) });
    await until(
      async () => (await metricsOf(daemon)).includes('state="open"} 1\n'),
      'the metrics tell what is missing',
    );
    expect(await metricsOf(daemon)).toContain('colloquium_ai_batches{pipeline="default",state="fetching"} 1\n');
    expect((await runCli(['journal', 'batches'], { cwd })).stdout).toMatch(/fetching\s+5\/6/);
    expect(said(daemon, '1 of 6 requests have no result yet')).toHaveLength(1);
    isThere = true;
    await until(() => outputOf(cwd).length === 6, 'all are answered');
    expect(await daemon.end()).toBe(0);
    expectOut(cwd, rowsFrom(6));
    expect(fake.records).toHaveLength(6);
    expect(await costsIn(cwd)).toEqual({ batch: Number(fake.billed) });
  });

  it('comes back after kill -9 for a result that is missing, and books the others once', async () => {
    let isThere = false;
    const fake = await fakes.start('openai', { withholds: (row) => row === 0 && !isThere });
    const text = laneConfig(fake, 'lane: batch, max_batch: 3');
    const first = await startDaemon(text);
    const { cwd } = first;
    await give(first, rowsFrom(3));
    await first.says('1 of 3 requests have no result yet');
    await first.end('SIGKILL');
    const second = await startDaemon(text, { cwd });
    isThere = true;
    await until(() => outputOf(cwd).length === 3, 'all are answered');
    expect(await second.end()).toBe(0);
    expectOut(cwd, rowsFrom(3));
    expect(sizesAt(fake)).toEqual([3]);
    expect(await costsIn(cwd)).toEqual({ batch: Number(fake.billed) });
  });

  const refusing = (step: BatchStep, status: number, isOver: (n: number) => boolean) => ({
    faults: (where: BatchStep, n: number): BatchFault | undefined =>
      where === step && !isOver(n) ? { kind: 'status', status, message: 'not so' } : undefined,
  });

  it.each<[BatchStep, number]>([
    ['upload', 413],
    ['submit', 400],
    ['submit', 422],
  ])('asks live what two batches were refused with (%s, %i)', async (step, status) => {
    const fake = await fakes.start(
      'openai',
      refusing(step, status, () => false),
    );
    const daemon = await startDaemon(laneConfig(fake, 'lane: batch, max_batch: 10, max_wait: 1s'));
    await give(daemon, rowsFrom(10));
    await until(() => outputOf(daemon.cwd).length === 10, 'all are answered');
    expect(await daemon.end()).toBe(0);
    expectOut(daemon.cwd, rowsFrom(10));
    expect(sizesAt(fake)).toEqual([]);
    expect(said(daemon, 'was refused, and nothing of it is billed')).toHaveLength(2);
    expect(await costsIn(daemon.cwd)).toEqual({ live: Number(fake.billed) });
  });

  it('sends in a second batch what one was refused with, or failed as a whole', async () => {
    const fake = await fakes.start('openai', {
      ...refusing('submit', 400, (n) => n > 0),
      fails: (batch) => (batch === 0 ? 'failed' : undefined),
    });
    const daemon = await startDaemon(laneConfig(fake, 'lane: batch, max_batch: 5, max_wait: 1s'));
    await give(daemon, rowsFrom(5));
    await until(() => outputOf(daemon.cwd).length === 5, 'all are answered');
    expect(said(daemon, 'failed, and nothing of it is billed')).toHaveLength(1);
    // The first was refused, the second failed: two are enough.
    expect(sizesAt(fake)).toEqual([5]);
    await give(daemon, rowsFrom(5, 5));
    await until(() => outputOf(daemon.cwd).length === 10, 'all are answered');
    expect(await daemon.end()).toBe(0);
    expectOut(daemon.cwd, rowsFrom(10));
    expect(sizesAt(fake)).toEqual([5, 5]);
    const { live = 0, batch = 0 } = await costsIn(daemon.cwd);
    expect([live > 0, batch > 0, live + batch]).toEqual([true, true, Number(fake.billed)]);
  });

  it('asks live at once what goes to a provider that has no batches', async () => {
    const fake = await fakes.start(
      'openai',
      refusing('upload', 404, () => false),
    );
    const daemon = await startDaemon(laneConfig(fake, 'lane: batch, max_batch: 5'));
    await give(daemon, rowsFrom(5));
    await until(() => outputOf(daemon.cwd).length === 5, 'all are answered');
    expect(await daemon.end()).toBe(0);
    expectOut(daemon.cwd, rowsFrom(5));
    expect(said(daemon, 'its requests are asked live')).toHaveLength(1);
  });

  it.each<[BatchStep, number]>([
    ['upload', 401],
    ['submit', 403],
    ['poll', 401],
    ['poll', 400],
    ['download', 403],
  ])('waits while it is refused (%s, %i), says so, and goes on with the same batch', async (step, status) => {
    let isMended = false;
    const fake = await fakes.start(
      'openai',
      refusing(step, status, () => isMended),
    );
    const daemon = await startDaemon(laneConfig(fake, 'lane: batch, max_batch: 5'));
    await give(daemon, rowsFrom(5));
    expect(String((await daemon.says('processing waits'))['reason'])).toContain(`HTTP ${status}`);
    await until(
      async () => (await (await fetch(`${daemon.url}/health`)).text()).includes('degraded'),
      'health tells it',
    );
    isMended = true;
    await until(() => outputOf(daemon.cwd).length === 5, 'all are answered');
    expect(await daemon.end()).toBe(0);
    expectOut(daemon.cwd, rowsFrom(5));
    expect(sizesAt(fake)).toEqual([5]);
    expect(await costsIn(daemon.cwd)).toEqual({ batch: Number(fake.billed) });
  });
});
