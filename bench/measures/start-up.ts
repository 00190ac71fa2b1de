import { writeFileSync } from 'node:fs';
import { startFakeProvider } from '../../test/support/fake-provider.js';
import type { Command } from '../contestants/contestant.js';
import { dataFile } from '../data/events.js';
import type { Bench, Section } from '../section.js';
import { shellQuoted } from './quoted.js';
import { medianSeconds, ratioOf, runInTurn } from './rounds.js';

/** Starting is short: more rounds cost little, and steady the median. */
const ROUNDS_FACTOR = 4;

/** One event through a script, and one through an AI stage, beside a Node that does nothing. */
export async function measureStartUp(bench: Bench): Promise<Section> {
  const input = dataFile(bench.folder, 'event', 1);
  const node = (...args: readonly string[]): Command => ({ file: process.execPath, args });
  const ours = `${bench.root}bin/colloquium.js`;
  const fake = await startFakeProvider({ wire: 'openai' });
  const state = `${bench.folder}start-up-state`;
  const config = `${bench.folder}start-up.config.json`;
  writeFileSync(config, JSON.stringify(asking(fake, state)));
  const asked = [process.execPath, ours, input, '-c', config, '--no-progress'].map(shellQuoted).join(' ');
  const commands = new Map<string, Command>([
    ['node -e 0', node('-e', '0')],
    ['colloquium, one event', node(ours, '-e', '["obj", "id", ["$input", "/id"]]', input)],
    // Afresh, or the answer came from the journal.
    ['colloquium, AI, one event', { file: 'sh', args: ['-c', `rm -rf ${shellQuoted(state)}; exec ${asked}`] }],
    ['colloquium --version', node(ours, '--version')],
  ]);
  const rounds = await runInTurn(commands, bench.rounds * ROUNDS_FACTOR);
  await fake.close();
  const base = rounds.get('node -e 0') ?? [];
  return {
    title: 'Start-up',
    notes: 'Times the bare Node.',
    table: [
      ['', 'ms', 'times'],
      ...[...rounds].map(([name, runs]) => [
        name,
        (1000 * medianSeconds(runs)).toFixed(0),
        (1 / ratioOf(runs, base)).toFixed(2),
      ]),
    ],
  };
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
