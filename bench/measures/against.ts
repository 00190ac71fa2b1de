import { rmSync, writeFileSync } from 'node:fs';
import { startFakeProvider } from '../../test/support/fake-provider.js';
import type { Command } from '../contestants/contestant.js';
import { ourArguments } from '../contestants/index.js';
import { dataFile } from '../data/events.js';
import { questionFile } from '../data/questions.js';
import { storedLog } from '../data/stored-log.js';
import type { Bench, Section } from '../section.js';
import { aiConfig } from './ai-calls.js';
import type { Run } from './command.js';
import { shellQuoted } from './quoted.js';
import { runInTurn } from './rounds.js';

/** Of the events that the bench was asked for. */
const CALLS_SHARE = 1 / 500;

/** This build and another, in turn: what the other's time and processor time become here. What one of them can't do is left out, and told. */
export async function measureAgainst(bench: Bench, revision: string, other: string): Promise<Section> {
  const fake = await startFakeProvider({ wire: 'openai' });
  const rows: string[][] = [];
  for (const [name, command] of await tasks(bench, fake)) {
    bench.say(`  ${name}`);
    const builds = new Map([
      ['before', command(other)],
      ['now', command(bench.root)],
    ]);
    const rounds = await runInTurn(builds, bench.rounds).catch((error: unknown) => {
      bench.say(`    left out: ${(error as Error).message}`);
    });
    if (rounds === undefined) continue;
    const [before, now] = [rounds.get('before') ?? [], rounds.get('now') ?? []];
    rows.push([name, spread(now, before, 'seconds'), spread(now, before, 'cpuSeconds')]);
  }
  await fake.close();
  return {
    title: `Beside ${revision}`,
    notes: [
      `Times the seconds that ${revision} takes: the median of the ratios of ${bench.rounds} rounds, and their quartiles. Below 1 is faster`,
      'than before. Other work on the machine shows in the wall time, and hardly in the processor time.',
    ].join('\n'),
    table: [['', 'wall time', 'processor time'], ...rows],
  };
}

type Tasks = ReadonlyMap<string, (root: string) => Command>;

async function tasks(bench: Bench, fake: { readonly url: string; readonly apiKey: string }): Promise<Tasks> {
  const { folder, events } = bench;
  const input = dataFile(folder, 'event', events);
  const questions = questionFile(folder, Math.ceil(events * CALLS_SHARE));
  const one = dataFile(folder, 'event', 1);
  const stdout = `${folder}out-compared.ndjson`;
  const log = await storedLog(folder, events);
  const replayed = configAt(`${folder}compare-replay.config.json`, {
    storage: { disk_path: log },
    pipelines: { default: { stages: [{ filter: ['==', ['$input', '/level'], 'error'] }] } },
  });
  const summed = configAt(`${folder}compare-sum.config.json`, {
    pipelines: {
      default: {
        stages: [
          { aggregate: { by: { level: ['$input', '/level'] }, values: { total: { sum: ['$input', '/price'] } } } },
        ],
      },
    },
  });
  const state = `${folder}compare-state`;
  rmSync(state, { recursive: true, force: true });
  const asked = configAt(`${folder}compare-ai.config.json`, aiConfig(fake, state));
  const ours =
    (...args: readonly string[]) =>
    (root: string): Command => ({ file: process.execPath, args: [`${root}bin/colloquium.js`, ...args], stdout });
  return new Map([
    ['start: one event', ours('-e', JSON.stringify(['$input', '/id']), one)],
    ['start: --help', ours('--help')],
    ...bench.cases.map((task) => {
      const data = dataFile(folder, task.data, Math.round(events * task.share));
      return [task.name, ours(...ourArguments(bench.root, task), '--no-progress', '--', data)] as const;
    }),
    ['--count-by', ours('--count-by', '/level', '--no-progress', input)],
    ['a sum by key', ours('-c', summed, '--no-progress', input)],
    ['--explode', ours('--explode', '/tags', '--no-progress', input)],
    ['replay', ours('replay', '--since', '0', '-c', replayed, '--no-progress')],
    [
      'AI calls',
      (root: string): Command => {
        const args = [`${root}bin/colloquium.js`, 'run', questions, '-c', asked, '--no-progress'];
        const afresh = `rm -rf ${shellQuoted(state)}; exec ${[process.execPath, ...args].map(shellQuoted).join(' ')}`;
        return { file: 'sh', args: ['-c', afresh], stdout };
      },
    ],
  ]);
}

function configAt(path: string, config: object): string {
  writeFileSync(path, JSON.stringify(config));
  return path;
}

/** The median and the quartiles of the rounds' ratios. */
function spread(now: readonly Run[], before: readonly Run[], what: 'seconds' | 'cpuSeconds'): string {
  const ratios = now.map((run, round) => run[what] / (before[round]?.[what] ?? Number.NaN)).sort((a, b) => a - b);
  const at = (share: number): string => (ratios[Math.round(share * (ratios.length - 1))] ?? Number.NaN).toFixed(2);
  return `${at(0.5)} (${at(0.25)} to ${at(0.75)})`;
}
