import type { Command } from '../contestants/contestant.js';
import { dataFile } from '../data/events.js';
import type { Bench, Section } from '../section.js';
import { medianSeconds, ratioOf, runInTurn } from './rounds.js';

/** Starting is short: more rounds cost little, and steady the median. */
const ROUNDS_FACTOR = 4;

/** One event through a script, beside a Node that does nothing. */
export async function measureStartUp(bench: Bench): Promise<Section> {
  const input = dataFile(bench.folder, 'event', 1);
  const node = (...args: readonly string[]): Command => ({ file: process.execPath, args });
  const ours = `${bench.root}bin/colloquium.js`;
  const commands = new Map([
    ['node -e 0', node('-e', '0')],
    ['colloquium, one event', node(ours, '-e', '["obj", "id", ["$input", "/id"]]', input)],
    ['colloquium --version', node(ours, '--version')],
  ]);
  const rounds = await runInTurn(commands, bench.rounds * ROUNDS_FACTOR);
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
