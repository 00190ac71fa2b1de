import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { createAiClient } from '../../../src/ai/index.js';
import { without } from '../../../src/ai/without.js';
import { mulberry32, seededFaults } from '../../support/fake-faults.js';
import { startFakeProvider, type FakeProvider } from '../../support/fake-provider.js';
import { setupOf } from '../call/setup.js';
import { expectMoneyConserved, ledgerTotals, startWorker } from './laws.js';
import type { WorkerTask } from './worker.js';

/** Runs in a state folder of its own, and removes it. */
async function inFolder<T>(run: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'ai-chaos-'));
  try {
    return await run(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function withFakes<T>(
  starting: readonly Promise<FakeProvider>[],
  run: (fakes: FakeProvider[]) => Promise<T>,
): Promise<T> {
  const fakes = await Promise.all(starting);
  try {
    return await run(fakes);
  } finally {
    await Promise.all(fakes.map((fake) => fake.close()));
  }
}

const TIMEOUTS = { connectMs: 1000, firstByteMs: 150, idleMs: 150, totalMs: 1500 };

/** Faults at random at two providers: every call ends, as what it should, and money is conserved. */
export function faultsConserve(seed: number, calls: number, share: number): Promise<void> {
  const faults = { faults: seededFaults(seed, share) };
  const [first, second] =
    seed % 2 === 0 ? (['anthropic', 'google'] as const) : (['openai', 'openai-compatible'] as const);
  return inFolder((folder) =>
    withFakes(
      [startFakeProvider({ wire: first, ...faults }), startFakeProvider({ wire: second, ...faults })],
      async (fakes) => {
        const [one, two] = fakes;
        if (one === undefined || two === undefined) throw new Error('no fakes');
        const more = { timeouts: TIMEOUTS, breaker: { threshold: 20, openForMs: 20 } };
        const client = await createAiClient({
          providers: [setupOf(one, first, more), setupOf(two, second, more)],
          store: { kind: 'lmdb', folder },
          budget: { daily: '100' },
        });
        const results = await Promise.all(
          Array.from({ length: calls }, (_, i) =>
            client.call(
              { model: 'gpt-4o-mini', messages: [{ role: 'user', content: `row ${i}` }], max_tokens: 50 },
              { stage: 'ask', pipeline: 'default', identity: { occurrence: i } },
            ),
          ),
        );
        const { spent } = await client.status();
        await client.close();

        for (const [i, result] of results.entries()) {
          expect(['answered', 'failed']).toContain(result.kind);
          if (result.kind === 'answered') expect(result.response).toBe(`ROW ${i}`);
        }
        const totals = await ledgerTotals(folder);
        expectMoneyConserved(totals, fakes);
        expect(spent).toBe(totals.exact + totals.estimatedAtMost + totals.unknownAtMost);
        expect(totals.attempts).toBe(fakes.reduce((sum, fake) => sum + fake.records.length, 0));
      },
    ),
  );
}

/** Processes that share a folder and a budget never spend more than it, and use nearly all of it. */
export function budgetHolds(program: string, processes: number, callers: number, dollars: string): Promise<void> {
  return inFolder((folder) =>
    withFakes(
      [startFakeProvider({ wire: 'openai', latencyMs: 5, price: { input: 300_000n, output: 600_000n } })],
      async (fakes) => {
        const [fake] = fakes;
        if (fake === undefined) throw new Error('no fake');
        const costs = { input: '0.0003', output: '0.0006' };
        const setup = without(setupOf(fake, 'openai', { cost_per_token: costs }), 'apiKeys');
        const rowsOf = (process: number) =>
          Array.from({ length: 2000 }, (_, i) => `process ${process}, row ${i}: ${'word '.repeat(i % 40)}`);
        const workers = Array.from({ length: processes }, (_, i) =>
          startWorker(program, {
            folder,
            providers: [{ ...setup, key: fake.apiKey }],
            rows: rowsOf(i).map((row) => `${row} of ${i}`),
            concurrency: callers / processes,
            daily: dollars,
            maxTokens: 100,
          }),
        );
        const codes = await Promise.all(workers.map((worker) => worker.ended));
        expect(codes).toEqual(workers.map(() => 75));
        for (const worker of workers) expect(worker.stderr()).toContain('budget: the budget is spent');
        const budget = BigInt(dollars) * 1_000_000_000n;
        expect(fake.billed).toBeLessThanOrEqual(budget);
        // It does not jam either: less than the dearest single call's worst case is left.
        expect(fake.billed).toBeGreaterThan((budget * 8n) / 10n);
        expectMoneyConserved(await ledgerTotals(folder), fakes);
      },
    ),
  );
}

/** Killed again and again, a run is resumed until it is done: nothing answered is sent twice, nothing is missing. */
export function killsLoseNothing(
  program: string,
  rows: readonly string[],
  kills: number,
  seed: number,
  latencyMs: number,
): Promise<void> {
  const random = mulberry32(seed);
  return inFolder((folder) =>
    withFakes([startFakeProvider({ wire: 'openai', latencyMs, streamMs: latencyMs / 2 })], async (fakes) => {
      const [fake] = fakes;
      if (fake === undefined) throw new Error('no fake');
      const setup = without(setupOf(fake), 'apiKeys');
      const concurrency = 8;
      const task: WorkerTask = {
        folder,
        providers: [{ ...setup, key: fake.apiKey }],
        rows,
        concurrency,
        maxTokens: 400,
      };
      const perLife = rows.length / (kills + 1);
      for (let kill = 0; kill < kills; kill++) {
        const worker = startWorker(program, task);
        const goal = fake.records.length + perLife * (0.5 + random() / 2);
        await waitFor(() => fake.records.length >= goal || worker.process.exitCode !== null);
        await new Promise((resolve) => setTimeout(resolve, random() * 10));
        worker.process.kill('SIGKILL');
        await worker.ended;
      }
      const last = startWorker(program, task);
      expect([await last.ended, last.stderr()]).toEqual([0, '']);

      expect(last.results.size).toBe(rows.length);
      for (const [row, text] of rows.entries())
        expect(last.results.get(row)).toEqual({ kind: 'answered', text: shown(text) });
      const asked = new Map<string, number>();
      for (const { call } of fake.records) asked.set(call.texts.join(), (asked.get(call.texts.join()) ?? 0) + 1);
      const totals = await ledgerTotals(folder);
      expect(asked.size).toBe(rows.length);
      expect(fake.records.length - rows.length).toBeLessThanOrEqual(totals.unknown);
      expect(totals.unknown).toBeLessThanOrEqual(kills * concurrency);
      expectMoneyConserved(totals, fakes);
    }),
  );
}

/** As the worker prints it: its lines are cut at newlines and tabs. */
function shown(text: string): string {
  return text.toUpperCase();
}

async function waitFor(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
}
