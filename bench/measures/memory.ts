import type { Bench, Section } from '../section.js';
import { ourArguments } from '../contestants/index.js';
import { dataFile } from '../data/events.js';
import { runCommand } from './command.js';

/** Peak memory of every case, by number of threads. */
export async function measureMemory(bench: Bench): Promise<Section> {
  const rows: string[][] = [];
  for (const task of bench.cases) {
    const input = dataFile(bench.folder, task.data, Math.round(bench.events * task.share));
    const cells: string[] = [];
    for (const threads of ['1', '2', '4']) {
      const args = [`${bench.root}bin/colloquium.js`, ...ourArguments(bench.root, task), '-j', threads, '--', input];
      const { peakMb } = await runCommand({ file: process.execPath, args, stdout: `${bench.folder}out-memory.ndjson` });
      cells.push(peakMb === undefined ? '–' : peakMb.toFixed(0));
    }
    rows.push([task.name, ...cells]);
  }
  return {
    title: 'Peak memory, MB',
    notes: 'Of one run each, the whole process.',
    table: [['', '1 thread', '2 threads', '4 threads'], ...rows],
  };
}
