import { writeFileSync } from 'node:fs';
import { startFakeProvider } from '../../test/support/fake-provider.js';
import type { Command } from '../contestants/contestant.js';
import { questionFile } from '../data/questions.js';
import type { Bench, Section } from '../section.js';
import { shellQuoted } from './quoted.js';
import { medianCpuSeconds, medianSeconds, ratioOf, runInTurn } from './rounds.js';

/** Of the events that the bench was asked for. */
const SHARE = 1 / 200;
const IN_FLIGHT = 32;

/** What an AI stage costs besides the provider: calls to a local fake that answers at once, with journal and ledger. */
export async function measureAiCalls(bench: Bench): Promise<Section> {
  const { root, folder } = bench;
  const calls = Math.ceil(bench.events * SHARE);
  const input = questionFile(folder, calls);
  const fake = await startFakeProvider({ wire: 'openai' });
  const config = `${folder}ai.config.json`;
  const state = `${folder}ai-state`;
  writeFileSync(config, JSON.stringify(aiConfig(fake, state)));
  const args = ['run', input, '-c', config, '--no-progress', '--concurrency', String(IN_FLIGHT)];
  const ours = [process.execPath, `${root}bin/colloquium.js`, ...args];
  const floor = `${root}bench/contestants/fetch-floor.mjs`;
  const stdout = `${folder}out-ai.ndjson`;
  const afresh = `rm -rf ${shellQuoted(state)}; exec ${ours.map(shellQuoted).join(' ')}`;
  const commands = new Map<string, Command>([
    ['fetch alone', { file: process.execPath, args: [floor, fake.url, fake.apiKey, String(IN_FLIGHT), input], stdout }],
    ['colloquium', { file: 'sh', args: ['-c', afresh], stdout }],
    ['colloquium again: answers from the journal', { file: process.execPath, args: ours.slice(1), stdout }],
  ]);
  const rounds = await runInTurn(commands, bench.rounds);
  await fake.close();
  const [base = []] = rounds.values();
  return {
    title: 'AI calls',
    notes: [
      `${calls.toLocaleString('en')} calls, ${IN_FLIGHT} at a time, to a fake provider on this machine that answers at once. Every answer is`,
      'in the journal, durably, before its event moves on, and every attempt in the ledger.',
    ].join('\n'),
    table: [
      ['', 'seconds', 'processor seconds', 'calls a second', 'speed, of fetch alone'],
      ...[...rounds].map(([name, runs]) => [
        name,
        medianSeconds(runs).toFixed(2),
        medianCpuSeconds(runs).toFixed(2),
        Math.round(calls / medianSeconds(runs)).toLocaleString('en'),
        `${Math.round(100 * ratioOf(runs, base))} %`,
      ]),
    ],
  };
}

/** A config that asks a fake provider. */
export function aiConfig(fake: { readonly url: string; readonly apiKey: string }, state: string): object {
  const request = [
    'obj',
    'model',
    'gpt-4o-mini',
    'messages',
    [['obj', 'role', 'user', 'content', ['$input', '/question']]],
  ];
  return {
    ai_providers: {
      openai: {
        api_key: fake.apiKey,
        base_url: fake.url,
        cost_per_token: { input: 0.00000015, output: 0.0000006 },
        rate_limit: { requests_per_minute: 10_000_000 },
      },
    },
    cost_management: { daily_budget: 1_000_000 },
    state_dir: state,
    pipelines: { default: { stages: [{ ai: { request: [...request, 'max_tokens', 60] } }] } },
  };
}
