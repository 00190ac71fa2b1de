import { rmSync, writeFileSync } from 'node:fs';
import { CASES } from '../cases.js';
import type { Command } from '../contestants/contestant.js';
import { dataFile } from '../data/events.js';
import { storedLog } from '../data/stored-log.js';
import type { Bench, Section } from '../section.js';
import { requireEqualOutputs } from './equal-outputs.js';
import { medianCpuSeconds, medianSeconds, ratioOf, runInTurn } from './rounds.js';

/** The stored log through a pipeline, beside a file of the same events through the same. */
export async function measureReplay(bench: Bench): Promise<Section> {
  const { root, folder, events } = bench;
  const log = await storedLog(folder, events);
  const config = `${folder}replay.config.json`;
  const stages = CASES.find(({ name }) => name === 'projection')?.stages;
  const state = `${folder}replay-state`;
  rmSync(state, { recursive: true, force: true });
  writeFileSync(
    config,
    JSON.stringify({ storage: { disk_path: log }, state_dir: state, pipelines: { default: { stages } } }),
  );
  const ours = (...args: readonly string[]): Command => ({
    file: process.execPath,
    args: [`${root}bin/colloquium.js`, ...args, '-c', config, '--no-progress'],
  });
  const outputs = { file: `${folder}out-run.ndjson`, replay: `${folder}out-replay.ndjson` };
  const commands = new Map([
    ['a file: run -o', ours('run', dataFile(folder, 'event', events), '-o', outputs.file)],
    ['the log: replay -o', ours('replay', '--since', '0', '-o', outputs.replay)],
    ['the log: replay --raw -o', ours('replay', '--since', '0', '--raw', '-o', `${folder}out-raw.ndjson`)],
  ]);
  const rounds = await runInTurn(commands, bench.rounds);
  requireEqualOutputs(outputs.file, outputs.replay, 'replay');
  const [base = []] = rounds.values();
  return {
    title: 'The stored log',
    notes: [
      `The projection over ${events.toLocaleString('en')} events. In the log each has its envelope and a checksum, which`,
      'makes its line longer by half, and is checked.',
    ].join('\n'),
    table: [
      ['', 'seconds', 'processor seconds', 'events a second', 'speed, of the file'],
      ...[...rounds].map(([name, runs]) => [
        name,
        medianSeconds(runs).toFixed(2),
        medianCpuSeconds(runs).toFixed(2),
        Math.round(events / medianSeconds(runs)).toLocaleString('en'),
        `${Math.round(100 * ratioOf(runs, base))} %`,
      ]),
    ],
  };
}
