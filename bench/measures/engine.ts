import { readFileSync } from 'node:fs';
import { compile, type Json } from 'computo-js';
import { blockProcessor, type BlockOptions } from '../../src/pipeline/index.js';
import type { Case } from '../cases.js';
import { dataFile } from '../data/events.js';
import type { Bench, Section } from '../section.js';
import { median } from './rounds.js';

const EVENTS = 20_000;
const BLOCK_BYTES = 256 * 1024;

const HEAD = [
  '',
  'parse + print',
  'run',
  'parse + run + print',
  'bytes to bytes',
  'times the floor',
  'events a second',
  'times the reference',
];

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
      'One thread, in memory, nanoseconds of processor time for an event. `parse + print`: the floor. `run`: on values.',
      '`parse + run + print`: both. `bytes to bytes`: as the product does it, from a line to a line. The reference engine in',
      'C++ (one thread, parse and print included, events of 300 bytes, on another machine) did 106,000 projections,',
      '100,000 arithmetics and 8,800 map filter reduces a second.',
    ].join('\n'),
    table: [HEAD, ...rows],
  });
}

function measureScript(task: Case, script: Json, bench: Bench): string[] {
  const bytes = readFileSync(dataFile(bench.folder, task.data, EVENTS));
  const lines = bytes.toString('utf8').trimEnd().split('\n');
  const values = lines.map((line) => JSON.parse(line) as Json);
  const program = compile(script);
  let sink = 0;
  const floor = nanoseconds(bench.rounds, () => {
    for (const line of lines) sink += JSON.stringify(JSON.parse(line)).length;
  });
  const run = nanoseconds(bench.rounds, () => {
    for (const value of values) sink += program.run([value]) === null ? 0 : 1;
  });
  const whole = nanoseconds(bench.rounds, () => {
    for (const line of lines) sink += JSON.stringify(program.run([JSON.parse(line) as Json])).length;
  });
  const process = blockProcessor(blockOptions(script));
  const blocks = blocksOf(bytes);
  const meta = { source: 'bench', timestamp: 0, counter: 0 };
  const product = nanoseconds(bench.rounds, () => {
    for (const block of blocks) sink += process({ kind: 'lines', bytes: block }, meta).counts.output;
  });
  if (sink === 0) throw new Error('nothing was run');
  const perSecond = 1e9 / product;
  const { referencePerSecond: reference } = task;
  return [
    ...[floor, run, whole, product].map((time) => time.toFixed(0)),
    (floor / product).toFixed(2),
    Math.round(perSecond).toLocaleString('en'),
    reference === undefined ? '–' : (perSecond / reference).toFixed(1),
  ];
}

/** Whole lines, as many at a time as the product reads. */
function blocksOf(bytes: Buffer): Buffer[] {
  const blocks: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = bytes.lastIndexOf('\n', at + BLOCK_BYTES) + 1;
    blocks.push(bytes.subarray(at, end));
    at = end;
  }
  return blocks;
}

function blockOptions(script: Json): BlockOptions {
  const outputs = [{ envelope: false }];
  const stages = [{ kind: 'computo', name: 'bench', script: { script, options: {} } }] as const;
  const pipeline = { name: 'default', stages, outputs, onError: { kind: 'stop' } } as const;
  return { pipeline, strict: true, depthMax: 1000, lineBytesMax: 1 << 24, rawMax: 1 << 24 };
}

/** The median processor time of one event, after two rounds of warming up. */
function nanoseconds(rounds: number, work: () => void): number {
  const times: number[] = [];
  for (let round = -2; round < rounds; round++) {
    const started = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(started);
    if (round >= 0) times.push(((user + system) * 1000) / EVENTS);
  }
  return median(times);
}
