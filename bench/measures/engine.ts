import { readFileSync } from 'node:fs';
import { compile, type Json } from 'computo-js';
import { blockProcessor, type BlockOptions } from '../../src/pipeline/index.js';
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
    notes: [
      'One thread, in memory, nanoseconds for an event. `run`: on values. `parse + run + print`: with JSON.parse and',
      'JSON.stringify around it. `bytes to bytes`: as the product does it, from a line to a line.',
    ].join('\n'),
    table: [['', 'run', 'parse + run + print', 'bytes to bytes', 'events a second, bytes to bytes'], ...rows],
  });
}

function measureScript(task: Case, script: Json, bench: Bench): string[] {
  const bytes = readFileSync(dataFile(bench.folder, task.data, EVENTS));
  const lines = bytes.toString('utf8').trimEnd().split('\n');
  const values = lines.map((line) => JSON.parse(line) as Json);
  const program = compile(script);
  let sink = 0;
  const run = nanoseconds(bench.rounds, () => {
    for (const value of values) sink += program.run([value]) === null ? 0 : 1;
  });
  const whole = nanoseconds(bench.rounds, () => {
    for (const line of lines) sink += JSON.stringify(program.run([JSON.parse(line) as Json])).length;
  });
  const process = blockProcessor(blockOptions(script));
  const meta = { source: 'bench', timestamp: 0, counter: 0 };
  const product = nanoseconds(bench.rounds, () => {
    sink += process({ kind: 'lines', bytes }, meta).counts.output;
  });
  if (sink === 0) throw new Error('nothing was run');
  return [...[run, whole, product].map((time) => time.toFixed(0)), Math.round(1e9 / product).toLocaleString('en')];
}

function blockOptions(script: Json): BlockOptions {
  const outputs = [{ envelope: false }];
  const stages = [{ kind: 'computo', name: 'bench', script: { script, options: {} } }] as const;
  const pipeline = { name: 'default', stages, outputs, onError: { kind: 'stop' } } as const;
  return { pipeline, strict: true, depthMax: 1000, lineBytesMax: 1 << 24, rawMax: 1 << 24 };
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
