import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { runCli } from '../../support/cli.js';
import { postLines, type TestDaemon } from '../../support/daemon.js';
import type { FakeBatchOptions } from '../../support/fake-batches.js';
import {
  startFakeProvider,
  type FakeProvider,
  type FakeProviderOptions,
  type FakeWireName,
} from '../../support/fake-provider.js';
import { configOf, providerOf } from '../ai-stage.js';
import { textOf } from './hanging.js';

interface Answered {
  readonly q: string;
  readonly a: { readonly response: string; readonly step?: number };
}

/** Providers that have batches, until they are closed. */
export class BatchFakes {
  readonly #fakes: FakeProvider[] = [];

  async start(
    wire: FakeWireName,
    batches: FakeBatchOptions = {},
    more: Pick<FakeProviderOptions, 'reply'> = {},
  ): Promise<FakeProvider> {
    const fake = await startFakeProvider({ wire, batches, ...more });
    this.#fakes.push(fake);
    return fake;
  }

  async close(): Promise<void> {
    while (this.#fakes.length > 0) await this.#fakes.pop()?.close();
  }
}

const MODELS = { openai: 'gpt-4o-mini', anthropic: 'claude-3-haiku', google: 'gemini-2.5-flash' } as const;

/** A pipeline with one AI stage. @param lane what the stage says of its lane */
export function laneConfig(
  fake: FakeProvider,
  lane: string,
  more = '',
  provider: keyof typeof MODELS = 'openai',
): string {
  const model = MODELS[provider];
  const stage = `{ into: /a, request: { model: ${model}, prompt: "\${/q}", max_tokens: 60 }, ${lane} }`;
  const text = configOf({ [provider]: providerOf(fake) }, { stages: [stage] }).replace('state_dir: ./state\n', '');
  return `${more}${text}    outputs: [{ file: ./out.ndjson }]\n    dead_letter: ./dead.ndjson\n`;
}

export function rowsFrom(count: number, from = 0): readonly string[] {
  return Array.from({ length: count }, (_, n) => `row ${from + n}`);
}

export async function give(daemon: TestDaemon, rows: readonly string[]): Promise<void> {
  const body = rows.map((q) => JSON.stringify({ q })).join('\n');
  expect((await postLines(`${daemon.url}/events`, body)).status).toBe(202);
}

export function outputOf(cwd: string): readonly Answered[] {
  return textOf(cwd, 'out.ndjson')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Answered);
}

/** That the output has these rows, in order, each with its answer. */
export function expectOut(cwd: string, rows: readonly string[]): void {
  expect(outputOf(cwd).map(({ q, a }) => [q, a.response])).toEqual(rows.map((q) => [q, q.toUpperCase()]));
}

/** What was paid in each lane, in nano-dollars. */
export async function costsIn(cwd: string): Promise<Readonly<Record<string, number>>> {
  const { stdout } = await runCli(['cost', '--by', 'lane', '--format', 'json'], { cwd });
  const { groups } = JSON.parse(stdout) as { readonly groups: readonly { lane: string; cost: number }[] };
  return Object.fromEntries(groups.map(({ lane, cost }) => [lane, Math.round(cost * 1e9)]));
}

export function changeConfig({ cwd }: TestDaemon, from: string, to: string): void {
  const path = join(cwd, 'colloquium.yaml');
  writeFileSync(path, readFileSync(path, 'utf8').replace(from, to));
}

/** How many requests each batch has that the provider took. */
export function sizesAt({ batches }: FakeProvider): readonly number[] {
  return batches.map(({ rows }) => rows.length);
}
