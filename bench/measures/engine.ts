import { readFileSync } from 'node:fs';
import { compile, type Json } from 'computo-js';
import type { Case } from '../cases.js';
import { dataFile } from '../data/events.js';
import type { Bench, Section } from '../section.js';
import { median } from './rounds.js';

const EVENTS = 20_000;

/** The language engine by itself, one thread, without files: on values, and with parsing and printing around it. */
export async function measureEngine(bench: Bench): Promise<Section> {
  const rows: string[][] = [];
  for (const task of bench.cases) {
    const [stage] = task.stages;
    if (task.stages.length > 1 || stage === undefined || !('computo' in stage)) continue;
    rows.push([task.name, ...measureScript(task, stage.computo as Json, bench)]);
  }
  return Promise.resolve({
    title: 'The engine alone',
    notes: 'One thread, in memory. The last column parses, runs and prints, as the figures of the reference engine do.',
    table: [['', 'run, ns an event', 'parse + run + print, ns an event', 'events a second'], ...rows],
  });
}

function measureScript(task: Case, script: Json, bench: Bench): string[] {
  const lines = readFileSync(dataFile(bench.folder, task.data, EVENTS), 'utf8')
    .trimEnd()
    .split('\n');
  const values = lines.map((line) => JSON.parse(line) as Json);
  const program = compile(script);
  let sink = 0;
  const run = nanoseconds(bench.rounds, () => {
    for (const value of values) sink += program.run([value]) === null ? 0 : 1;
  });
  const whole = nanoseconds(bench.rounds, () => {
    for (const line of lines) sink += JSON.stringify(program.run([JSON.parse(line) as Json])).length;
  });
  if (sink === 0) throw new Error('nothing was run');
  return [run.toFixed(0), whole.toFixed(0), Math.round(1e9 / whole).toLocaleString('en')];
}

/** The median time of one event, after two rounds of warming up. */
function nanoseconds(rounds: number, work: () => void): number {
  const times: number[] = [];
  for (let round = -2; round < rounds; round++) {
    const started = process.hrtime.bigint();
    work();
    if (round >= 0) times.push(Number(process.hrtime.bigint() - started) / EVENTS);
  }
  return median(times);
}
