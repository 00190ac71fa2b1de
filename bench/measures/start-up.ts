import { writeFileSync } from 'node:fs';
import { startFakeProvider } from '../../test/support/fake-provider.js';
import type { Command } from '../contestants/contestant.js';
import { dataFile } from '../data/events.js';
import type { Bench, Section } from '../section.js';
import { shellQuoted } from './quoted.js';
import { median, medianCpuSeconds, runInTurn } from './rounds.js';
import type { Run } from './command.js';

/** Starting is short: more rounds cost little, and steady the median. */
const ROUNDS_FACTOR = 4;

/**
 * One event through a script, and one through an AI stage, beside a Node that does nothing, and beside the smallest program that
 * does the same: one that also reads, computes and writes, and one that also asks the provider, with Node's own fetch.
 */
export async function measureStartUp(bench: Bench): Promise<Section> {
  const input = dataFile(bench.folder, 'event', 1);
  const question = `${bench.folder}start-up-question.ndjson`;
  writeFileSync(question, '{"question":"What is 1?"}\n');
  const node = (...args: readonly string[]): Command => ({ file: process.execPath, args });
  const contestants = `${bench.root}bench/contestants/`;
  const ours = `${bench.root}bin/colloquium.js`;
  const fake = await startFakeProvider({ wire: 'openai' });
  const state = `${bench.folder}start-up-state`;
  const config = `${bench.folder}start-up.config.json`;
  writeFileSync(config, JSON.stringify(asking(fake, state)));
  const asked = [process.execPath, ours, input, '-c', config, '--no-progress'].map(shellQuoted).join(' ');
  const commands = new Map<string, Command>([
    [BARE, node('-e', '0')],
    ['floor of one event', node(`${contestants}start-floor.cjs`, input)],
    ['colloquium, one event', node(ours, '-e', '["obj", "id", ["$input", "/id"]]', input)],
    ['floor of AI, one event', node(`${contestants}fetch-floor.mjs`, fake.url, fake.apiKey, '1', question)],
    // Afresh, or the answer came from the journal.
    ['colloquium, AI, one event', { file: 'sh', args: ['-c', `rm -rf ${shellQuoted(state)}; exec ${asked}`] }],
    ['colloquium --help', node(ours, '--help')],
    ['colloquium completion bash', node(ours, 'completion', 'bash')],
  ]);
  const rounds = await runInTurn(commands, bench.rounds * ROUNDS_FACTOR);
  await fake.close();
  return {
    title: 'Start-up',
    notes:
      'Processor time, and how many times that of the bare Node. A Node with NODE_EXTRA_CA_CERTS reads certificates first, which makes every start longer and every ratio smaller: all run without.',
    table: [
      ['', 'processor ms', 'times'],
      ...[...rounds].map(([name, runs]) => [
        name,
        (1000 * medianCpuSeconds(runs)).toFixed(0),
        timesBase(runs, rounds.get(BARE) ?? []).toFixed(2),
      ]),
    ],
  };
}

const BARE = 'node -e 0';

/** The median of the rounds' ratios. */
function timesBase(runs: readonly Run[], base: readonly Run[]): number {
  return median(runs.map(({ cpuSeconds }, round) => cpuSeconds / (base[round]?.cpuSeconds ?? Number.NaN)));
}

/** A stage that asks a provider on this machine, which answers at once. */
function asking({ url, apiKey }: { readonly url: string; readonly apiKey: string }, state: string): object {
  const stage = { model: 'gpt-4o-mini', prompt: 'What is ${/id}?', max_tokens: 60, into: '/answer' };
  return {
    ai_providers: { openai: { api_key: apiKey, base_url: url } },
    state_dir: state,
    pipelines: { default: { stages: [{ ai: stage }] } },
  };
}
