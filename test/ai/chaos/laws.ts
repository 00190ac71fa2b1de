import { spawn, type ChildProcess } from 'node:child_process';
import { expect } from 'vitest';
import { openBooks, type Totals } from '../../../src/ai/index.js';
import { realWorld } from '../../../src/ai/ai-world.js';
import type { FakeProvider } from '../../support/fake-provider.js';
import type { WorkerTask } from './worker.js';

/** What all attempts in a folder came to, after what dead processes left has been settled. */
export async function ledgerTotals(folder: string): Promise<Totals> {
  const books = await openBooks({ kind: 'lmdb', folder }, { ttlMs: 1e9, bytesMax: 1e9 }, realWorld);
  await books.recover();
  const [all] = await books.ledger.totals([], 'UTC');
  await books.close();
  if (all === undefined) throw new Error('the ledger is empty');
  return all.totals;
}

/** The law of money: what is known for sure was billed, and no more was billed than is known and in doubt. */
export function expectMoneyConserved(totals: Totals, fakes: readonly FakeProvider[]): void {
  const billed = fakes.reduce((sum, fake) => sum + fake.billed, 0n);
  const inDoubt = totals.estimatedAtMost + totals.unknownAtMost;
  expect(totals.exact).toBeLessThanOrEqual(billed);
  expect(billed).toBeLessThanOrEqual(totals.exact + inDoubt);
  if (inDoubt === 0n) expect(billed).toBe(totals.exact);
  expect(fakes.flatMap((fake) => fake.deviations)).toEqual([]);
}

export interface Worker {
  readonly process: ChildProcess;
  /** Results by row, as they come. */
  readonly results: Map<number, { readonly kind: string; readonly text: string }>;
  /** Resolves with the exit code; null: killed. */
  readonly ended: Promise<number | null>;
  readonly stderr: () => string;
}

export function startWorker(program: string, task: WorkerTask): Worker {
  const child = spawn(process.execPath, [program], { stdio: 'pipe' });
  child.stdin.on('error', () => undefined);
  child.stdin.end(JSON.stringify(task));
  const results: Worker['results'] = new Map();
  let rest = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const [row = '', kind = '', text = ''] = line.split('\t');
      results.set(Number(row), { kind, text });
    }
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  return { process: child, results, ended, stderr: () => stderr };
}
