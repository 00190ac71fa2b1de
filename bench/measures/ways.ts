import { CASES } from '../cases.js';
import type { Command } from '../contestants/contestant.js';
import { ourArguments } from '../contestants/index.js';
import { dataFile } from '../data/events.js';
import type { Bench, Section } from '../section.js';
import { shellQuoted } from './quoted.js';
import { medianCpuSeconds, medianSeconds, ratioOf, runInTurn } from './rounds.js';

const TASK = 'projection';

/** One script in both forms: neither costs more. */
const FORMS = {
  '-e, two fields as text': '{/id, who: /user/name}',
  '-e, two fields as JSON': '["obj", "id", ["$input", "/id"], "who", ["$input", "/user/name"]]',
} as const;

/** The same projection in other ways than from a file to a file: what each costs. */
export async function measureWays(bench: Bench): Promise<Section> {
  const task = CASES.find(({ name }) => name === TASK);
  if (task === undefined) throw new Error(`no case ${TASK}`);
  const input = dataFile(bench.folder, task.data, bench.events);
  const output = `${bench.folder}out-ways.ndjson`;
  const ours = [`${bench.root}bin/colloquium.js`, ...ourArguments(bench.root, task), '--no-progress'];
  const node = (...args: readonly string[]): Command => ({
    file: process.execPath,
    args: [...ours, ...args],
    stdout: output,
  });
  const pipe = [process.execPath, ...ours].map(shellQuoted).join(' ');
  const commands = new Map<string, Command>([
    ['file to stdout', node('--', input)],
    ['-o file', node('-o', output, '--', input)],
    ['in a pipe', { file: 'sh', args: ['-c', `cat ${shellQuoted(input)} | ${pipe} | cat > ${shellQuoted(output)}`] }],
    ['--envelope', node('--envelope', '--', input)],
    ['--stats json', node('--stats', 'json', '--', input)],
    ['--dead-letter file', node('--dead-letter', `${bench.folder}dead.ndjson`, '--', input)],
  ]);
  for (const [name, script] of Object.entries(FORMS)) {
    const args = [`${bench.root}bin/colloquium.js`, '-e', script, '--no-progress', '--', input];
    commands.set(name, { file: process.execPath, args, stdout: output });
  }
  const rounds = await runInTurn(commands, bench.rounds);
  const base = rounds.get('file to stdout') ?? [];
  return {
    title: 'Ways in and out',
    notes: `The projection over ${bench.events.toLocaleString('en')} events, with as many threads as it takes by itself.`,
    table: [
      ['', 'seconds', 'processor seconds', 'speed, of a file to stdout'],
      ...[...rounds].map(([name, runs]) => [
        name,
        medianSeconds(runs).toFixed(2),
        medianCpuSeconds(runs).toFixed(2),
        `${Math.round(100 * ratioOf(runs, base))} %`,
      ]),
    ],
  };
}
