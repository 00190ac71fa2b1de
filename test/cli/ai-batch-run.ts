import { expect } from 'vitest';
import { runCli } from '../support/cli.js';
import type { BatchStep } from '../support/fake-batches.js';
import type { FakeProvider, FakeWireName } from '../support/fake-provider.js';
import { configOf, providerOf, rowsOf, type AiStage } from './ai-stage.js';

const ROWS = 25;
/** @param most requests of a batch at most */
const runIn = (most: number): readonly string[] => [
  'run',
  '--lane',
  'batch',
  '--max-batch',
  String(most),
  '--no-progress',
  '-o',
  'out.ndjson',
  'in.ndjson',
];
export const BATCH_RUN = runIn(10);
export const LARGE_BATCH_RUN = runIn(1000);

/** The wires that have batches, and the steps of one. */
export const BATCH_WIRES: readonly {
  readonly wire: FakeWireName;
  readonly steps: readonly BatchStep[];
  readonly model: string;
}[] = [
  { wire: 'openai', steps: ['upload', 'submit', 'poll', 'download'], model: 'gpt-4o-mini' },
  { wire: 'anthropic', steps: ['submit', 'poll', 'download'], model: 'claude-3-haiku' },
  { wire: 'google', steps: ['upload', 'submit', 'poll', 'download'], model: 'gemini-2.5-flash' },
];

/** Writes a config and rows, by default for three batches. */
export function writeBatchRun(
  stage: AiStage,
  wire: FakeWireName,
  model: string,
  fake: FakeProvider,
  rows = ROWS,
): void {
  const request = `{ model: ${model}, prompt: "\${/q}", max_tokens: 60 }`;
  const config = configOf({ [wire]: providerOf(fake) }, { stages: [`{ into: /a, request: ${request} }`] });
  stage.write('colloquium.yaml', config);
  stage.write('in.ndjson', rowsOf(rows));
}

/** Each row came out once, in order, was in one batch, and is booked at what it was billed. */
export async function expectWhole(stage: AiStage, fake: FakeProvider, count = ROWS): Promise<void> {
  const parsed = (text: string): unknown[] =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
  const out = parsed(stage.read('out.ndjson')) as { readonly a: { readonly response: string } }[];
  const rows = parsed(rowsOf(count)) as { readonly q: string }[];
  expect(out.map(({ a }) => a.response)).toEqual(rows.map(({ q }) => q.toUpperCase()));
  const texts = fake.batches.flatMap((batch) => batch.rows.map(({ call }) => call.texts.join('\n')));
  expect([texts.length, new Set(texts).size]).toEqual([count, count]);
  expect(fake.records).toHaveLength(count);
  const { stdout } = await runCli(['cost', '--by', 'lane', '--format', 'json'], { cwd: stage.cwd });
  const { groups } = JSON.parse(stdout) as {
    readonly groups: readonly { readonly lane: string; readonly cost: number; readonly unknown_requests: number }[];
  };
  expect(groups.map(({ lane, unknown_requests: unknown }) => [lane, unknown])).toEqual([['batch', 0]]);
  expect(Math.round((groups[0]?.cost ?? 0) * 1e9)).toBe(Number(fake.billed));
  const { stdout: doubtful } = await runCli(['journal', 'doubtful', '--format', 'json'], { cwd: stage.cwd });
  expect(JSON.parse(doubtful)).toMatchObject({ count: 0 });
}
