import { afterEach, describe, expect, it } from 'vitest';
import { runCli, scratch } from '../../support/cli.js';
import { postLines, startDaemon, until } from '../../support/daemon.js';
import type { BatchStep, RowFate } from '../../support/fake-batches.js';
import { fakeVector, type FakeProvider } from '../../support/fake-provider.js';
import type { FakeCall } from '../../support/fake-wire.js';
import { providerOf } from '../ai-stage.js';
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
import { textOf } from './hanging.js';

const textIn = ({ call }: FakeProvider['batches'][number]['rows'][number]): string => call.texts.join('\n');

describe('a daemon whose AI stage sends batches', () => {
  const fakes = new BatchFakes();
  afterEach(() => fakes.close());

  /**
   * A provider that gives requests back by what they ask, in whichever batch they are.
   *
   * @param fate what becomes of a row that is in its first batch (1), or its second (2)
   * @returns also in how many batches each row was
   */
  const givingBack = async (
    fate: (row: number, times: number) => RowFate,
  ): Promise<{ readonly fake: FakeProvider; readonly placed: ReadonlyMap<string, number> }> => {
    const placed = new Map<string, number>();
    const fake: FakeProvider = await fakes.start('openai', {
      fate: (index, batch) => {
        const row = fake.batches[batch]?.rows[index];
        const text = row === undefined ? '' : textIn(row);
        const times = (placed.get(text) ?? 0) + 1;
        placed.set(text, times);
        return fate(Number(text.slice('row '.length)), times);
      },
    });
    return { fake, placed };
  };

  it('collects more events in a batch than it has in hand, and writes them in order', async () => {
    const fake = await fakes.start('openai');
    const daemon = await startDaemon(laneConfig(fake, 'lane: batch, max_batch: 200'));
    const rows = rowsFrom(600);
    await give(daemon, rows);
    await until(() => outputOf(daemon.cwd).length === 600, 'all are answered');
    const metrics = await (await fetch(`${daemon.url}/metrics`)).text();
    const labels = 'provider="openai",model="gpt-4o-mini"';
    expect(metrics).toContain(`colloquium_ai_requests_total{${labels},outcome="answered"} 600\n`);
    const cost = new RegExp(`colloquium_ai_batch_cost_usd_total\\{${labels},billing="exact"\\} ([0-9.e-]+)\n`).exec(
      metrics,
    );
    expect(Math.round(Number(cost?.[1]) * 1e9)).toBe(Number(fake.billed));
    expect(await daemon.end()).toBe(0);
    expectOut(daemon.cwd, rows);
    expect(sizesAt(fake)).toEqual([200, 200, 200]);
    expect(fake.records).toHaveLength(600);
    expect(await costsIn(daemon.cwd)).toEqual({ batch: Number(fake.billed) });
  });

  it.each([
    { wire: 'openai', model: 'text-embedding-3-small' },
    { wire: 'google', model: 'gemini-embedding-001' },
  ] as const)('sends the texts of many events to $wire for their vectors', async ({ wire, model }) => {
    const fake = await fakes.start(wire);
    const stage = `{ model: ${model}, input: /q, into: /v, dimensions: 4, lane: batch, max_batch: 50, max_wait: 1s }`;
    const providers = `ai_providers:\n  ${wire}: ${providerOf(fake)}\n`;
    const pipeline = `pipelines:\n  default:\n    stages: [{ embed: ${stage} }]\n    outputs: [{ file: ./out.ndjson }]\n`;
    const daemon = await startDaemon(providers + pipeline);
    const rows = rowsFrom(60);
    await give(daemon, rows);
    const lines = (): readonly string[] => textOf(daemon.cwd, 'out.ndjson').split('\n').slice(0, -1);
    await until(() => lines().length === 60, 'all have vectors');
    expect(await daemon.end()).toBe(0);
    expect(lines().map((line) => JSON.parse(line) as unknown)).toEqual(rows.map((q) => ({ q, v: fakeVector(q, 4) })));
    expect(fake.batches.length).toBeGreaterThan(0);
    expect(await costsIn(daemon.cwd)).toEqual({ batch: Number(fake.billed) });
  });

  it('sends batches to Anthropic, too, and in a second one what the first gives back', async () => {
    const fake = await fakes.start('anthropic', {
      fate: (row, batch) => (batch === 0 && row < 3 ? 'expired' : 'answered'),
    });
    const daemon = await startDaemon(laneConfig(fake, 'lane: batch, max_batch: 20, max_wait: 1s', '', 'anthropic'));
    await give(daemon, rowsFrom(40));
    await until(() => outputOf(daemon.cwd).length === 40, 'all are answered');
    expect(await daemon.end()).toBe(0);
    expectOut(daemon.cwd, rowsFrom(40));
    expect(sizesAt(fake)).toEqual([20, 20, 3]);
    expect(fake.deviations).toEqual([]);
    expect(await costsIn(daemon.cwd)).toEqual({ batch: Number(fake.billed) });
  });

  it('comes back after kill -9 and SIGTERM for the batches that it has left, and pays for nothing twice', async () => {
    let looks = Infinity;
    const fake = await fakes.start('openai', {
      get looks() {
        return looks;
      },
    });
    const cwd = scratch();
    const text = laneConfig(fake, 'lane: batch, max_batch: 20');
    const rows = rowsFrom(50);
    const first = await startDaemon(text, { cwd });
    await give(first, rows.slice(0, 40));
    await until(() => fake.batches.length === 2, 'two batches are out');
    await first.end('SIGKILL');
    const second = await startDaemon(text, { cwd });
    await give(second, rows.slice(40));
    const listed = await runCli(['journal', 'batches'], { cwd });
    expect(listed.stdout).toMatch(/submitted\s+0\/20/);
    const metrics = await (await fetch(`${second.url}/metrics`)).text();
    expect(metrics).toContain('colloquium_ai_batches{pipeline="default",state="submitted"} 2\n');
    expect(metrics).toContain('colloquium_ai_batch_requests{pipeline="default",state="answered"} 0\n');
    expect(metrics).toMatch(/colloquium_ai_batch_oldest_age_seconds\{pipeline="default"\} \d/);
    expect(metrics).toMatch(/colloquium_ai_batch_reserved_usd\{pipeline="default"\} 0\.\d/);
    expect(await second.end()).toBe(0);
    expect(second.said().map(({ msg }) => msg)).toContain(
      '2 batches of 40 requests run on; the next start comes back for them',
    );
    looks = 0;
    const third = await startDaemon(laneConfig(fake, 'lane: batch, max_batch: 10'), { cwd });
    await until(() => outputOf(cwd).length === 50, 'all are answered');
    expect(await third.end()).toBe(0);
    expectOut(cwd, rows);
    expect(sizesAt(fake)).toEqual([20, 20, 10]);
    expect(fake.records).toHaveLength(50);
    expect(await costsIn(cwd)).toEqual({ batch: Number(fake.billed) });
  });

  it('cancels at the deadline of its events what still runs, and asks them live', async () => {
    const fake = await fakes.start('openai', { looks: Infinity });
    const daemon = await startDaemon(laneConfig(fake, 'lane: batch, max_batch: 10'));
    const rows = rowsFrom(10);
    await give(daemon, rows);
    await until(() => fake.batches.length === 1, 'a batch is out');
    changeConfig(daemon, 'max_batch: 10', 'max_batch: 10, deadline: 1s');
    await until(() => outputOf(daemon.cwd).length === 10, 'all are answered');
    expect(await daemon.end()).toBe(0);
    expectOut(daemon.cwd, rows);
    expect(sizesAt(fake)).toEqual([10]);
    expect(fake.records).toHaveLength(10);
    expect(await costsIn(daemon.cwd)).toEqual({ batch: 0, live: Number(fake.billed) });
  });

  it('has in doubt what Google gives no results of, and sends it in a second batch, then live, in order', async () => {
    const fake = await fakes.start('google', { fails: () => 'expired' });
    const daemon = await startDaemon(laneConfig(fake, 'lane: batch, max_batch: 10, max_wait: 1s', '', 'google'));
    const rows = rowsFrom(10);
    await give(daemon, rows);
    await until(() => outputOf(daemon.cwd).length === 10, 'all are answered');
    expect(await daemon.end()).toBe(0);
    expectOut(daemon.cwd, rows);
    expect(sizesAt(fake)).toEqual([10, 10]);
    // Each batch has answered one request, whose result nobody gets.
    const live = fake.records.slice(2).reduce((sum, { billed }) => sum + billed, 0n);
    expect(fake.records).toHaveLength(12);
    expect(await costsIn(daemon.cwd)).toEqual({ batch: 0, live: Number(live) });
    const { stdout } = await runCli(['cost', '--by', 'lane', '--format', 'json'], { cwd: daemon.cwd });
    const { groups } = JSON.parse(stdout) as { readonly groups: readonly Readonly<Record<string, unknown>>[] };
    const doubtful = groups.find(({ lane }) => lane === 'batch');
    expect(doubtful).toMatchObject({ unknown_requests: 20 });
    expect(Math.round(Number(doubtful?.['unknown_at_most']) * 1e9)).toBeGreaterThan(Number(fake.billed - live));
  });

  it('sends in a second batch what one gives back, however the batches are cut, and asks nothing live', async () => {
    const fates = ['answered', 'expired', 'errored', 'answered', 'cancelled'] as const;
    const { fake, placed } = await givingBack((row, times) =>
      times === 1 ? (fates[row % 5] ?? 'answered') : 'answered',
    );
    const daemon = await startDaemon(laneConfig(fake, 'lane: batch, max_batch: 300, max_wait: 1s'));
    const rows = rowsFrom(600);
    await give(daemon, rows);
    await until(() => outputOf(daemon.cwd).length === 600, 'all are answered');
    expect(await daemon.end()).toBe(0);
    expectOut(daemon.cwd, rows);
    expect(rows.map((row) => placed.get(row))).toEqual(rows.map((_, n) => (fates[n % 5] === 'answered' ? 1 : 2)));
    expect(fake.records).toHaveLength(600);
    expect(await costsIn(daemon.cwd)).toEqual({ batch: Number(fake.billed) });
  });

  it('asks live what two batches have given back, and nothing else', async () => {
    const { fake, placed } = await givingBack((row) => (row % 10 === 3 ? 'expired' : 'answered'));
    const daemon = await startDaemon(laneConfig(fake, 'lane: batch, max_batch: 40, max_wait: 1s'));
    const rows = rowsFrom(100);
    await give(daemon, rows);
    await until(() => outputOf(daemon.cwd).length === 100, 'all are answered');
    expect(await daemon.end()).toBe(0);
    expectOut(daemon.cwd, rows);
    expect(rows.map((row) => placed.get(row))).toEqual(rows.map((_, n) => (n % 10 === 3 ? 2 : 1)));
    expect(fake.records).toHaveLength(100);
    const { live = 0, batch = 0 } = await costsIn(daemon.cwd);
    expect(live).toBeGreaterThan(0);
    expect(live + batch).toBe(Number(fake.billed));
  });

  it('sends each step of a cascade in batches, once, and writes the answers in order, killed or not', async () => {
    const isHard = (row: string): boolean => Number(row.slice('row '.length)) % 3 === 0;
    let kill = (): void => undefined;
    const killing = new Promise<void>((resolve) => (kill = resolve));
    const onStep = (step: BatchStep): void => {
      if (step === 'submit' && fake.batches.at(-1)?.rows[0]?.call.model === 'gpt-4o') kill();
    };
    const reply = ({ model, texts }: FakeCall): string => {
      const row = texts.at(-1) ?? '';
      return model === 'gpt-4o-mini' && isHard(row) ? 'unsure' : `${model}: ${row}`;
    };
    const fake: FakeProvider = await fakes.start('openai', { onStep }, { reply });
    const cascade = `[{ model: gpt-4o-mini, accept: '$input != "unsure"' }, { model: gpt-4o }]`;
    const text = laneConfig(fake, 'lane: batch, max_batch: 40, max_wait: 1s');
    const request = /request: \{[^}]*\{?\/q\}[^}]*\}/.exec(text)?.[0] ?? '';
    const changed = text.replace(request, `prompt: "\${/q}", max_tokens: 60, cascade: ${cascade}`);
    const first = await startDaemon(changed);
    const rows = rowsFrom(300);
    await give(first, rows.slice(0, 200));
    await killing;
    await first.end('SIGKILL');
    const daemon = await startDaemon(changed, { cwd: first.cwd });
    await give(daemon, rows.slice(200));
    await until(() => outputOf(daemon.cwd).length === 300, 'all are answered');
    expect(await daemon.end()).toBe(0);
    expect(outputOf(daemon.cwd).map(({ q, a }) => [q, a.response, a.step])).toEqual(
      rows.map((q) => (isHard(q) ? [q, `gpt-4o: ${q}`, 2] : [q, `gpt-4o-mini: ${q}`, 1])),
    );
    const asked = (model: string): readonly string[] =>
      fake.batches.flatMap((batch) => batch.rows.filter(({ call }) => call.model === model).map(textIn)).sort();
    expect(asked('gpt-4o-mini')).toEqual([...rows].sort());
    expect(asked('gpt-4o')).toEqual(rows.filter(isHard).sort());
    expect(fake.records).toHaveLength(400);
    expect(await costsIn(daemon.cwd)).toEqual({ batch: Number(fake.billed) });
  });

  it('asks live with lane: auto while few events wait, and in batches once many do', async () => {
    const fake = await fakes.start('openai');
    const daemon = await startDaemon(laneConfig(fake, 'lane: auto, min_batch: 200, max_wait: 1s'));
    await give(daemon, rowsFrom(20));
    await until(() => outputOf(daemon.cwd).length === 20, 'few are answered');
    expect(sizesAt(fake)).toEqual([]);
    await give(daemon, rowsFrom(900, 20));
    await until(() => outputOf(daemon.cwd).length === 920, 'all are answered');
    expect(await daemon.end()).toBe(0);
    expectOut(daemon.cwd, rowsFrom(920));
    // The body may arrive in two parts; of each, fewer than `min_batch` are asked live.
    expect(sizesAt(fake).reduce((sum, size) => sum + size, 0)).toBeGreaterThan(900 - 2 * 200);
    expect(Math.min(...sizesAt(fake))).toBeGreaterThanOrEqual(200);
    expect(fake.records).toHaveLength(920);
  });

  it('waits where the budget has no room, and goes on when a batch has made some', async () => {
    const fake = await fakes.start('openai');
    const budget = 'cost_management: { daily_budget: 0.13 }\n';
    const daemon = await startDaemon(laneConfig(fake, 'lane: batch, max_wait: 1s', budget));
    const rows = rowsFrom(100);
    await give(daemon, rows);
    await until(() => outputOf(daemon.cwd).length === 100, 'all are answered');
    expect(await daemon.end()).toBe(0);
    expectOut(daemon.cwd, rows);
    expect(sizesAt(fake).length).toBeGreaterThan(1);
    expect(fake.records).toHaveLength(100);
    expect(await costsIn(daemon.cwd)).toEqual({ batch: Number(fake.billed) });
  });

  it('holds up no other pipeline, and takes a changed config over while a batch is out', async () => {
    let looks = Infinity;
    const fake = await fakes.start('openai', {
      get looks() {
        return looks;
      },
    });
    const plain = '  plain:\n    stages: []\n    outputs: [{ file: ./plain.ndjson }]\n';
    const text = laneConfig(fake, 'lane: batch, max_batch: 5') + plain;
    const daemon = await startDaemon(text);
    await give(daemon, rowsFrom(5));
    await until(() => fake.batches.length === 1, 'a batch is out');
    expect((await postLines(`${daemon.url}/events/plain`, '{"q":"plain"}')).status).toBe(202);
    await until(() => textOf(daemon.cwd, 'plain.ndjson') !== '', 'the other pipeline goes on');
    changeConfig(daemon, 'lane: batch, max_batch: 5', 'lane: live');
    await daemon.says('the changed config is in use');
    looks = 0;
    await until(() => outputOf(daemon.cwd).length === 5, 'all are answered');
    expect(await daemon.end()).toBe(0);
    expectOut(daemon.cwd, rowsFrom(5));
    expect(fake.records).toHaveLength(5);
  });
});
