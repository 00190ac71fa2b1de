import type { Case } from '../cases.js';
import type { Command, Contestant } from '../contestants/contestant.js';
import { dataFile } from '../data/events.js';
import type { Bench, Section } from '../section.js';
import { runCommand } from './command.js';
import { requireEqualOutputs } from './equal-outputs.js';
import { medianCpuSeconds, medianSeconds, ratioOf, runInTurn, type Rounds } from './rounds.js';

/** Outputs are compared on so many events. */
const COMPARED_EVENTS = 5000;
/** What slow contestants get of the input. */
const SLOW_SHARE = 1 / 10;
const FLOOR = 'floor';
const REFERENCE = 'colloquium, 1 thread';

/** Files through every case, by everybody: times the floor. */
export async function measureBulk(bench: Bench): Promise<Section> {
  const columns: Column[] = [];
  for (const task of bench.cases) {
    bench.say(`  ${task.name}`);
    await compareOutputs(task, bench);
    columns.push(await measureCase(task, bench));
  }
  const rows = bench.contestants.map(({ name }) => [name, ...columns.map((column) => column.get(name) ?? '–')]);
  return {
    title: 'Bulk: a file through a script',
    notes: [
      `${bench.events.toLocaleString('en')} events of about 240 bytes; 8 KB events and a tenth where the case says so.`,
      'Each cell: how many times as fast as the floor, the median seconds, and the median seconds of processor time, which',
      'other work on the machine hardly touches. The floor is one thread of Node that does nothing but JSON.parse and',
      `JSON.stringify for every line. Medians of ${bench.rounds} rounds, taken in turn; outputs were compared first.`,
      'Contestants marked with * got a tenth of the events, and so did the floor they are measured by.',
    ].join('\n'),
    table: [['', ...bench.cases.map(({ name }) => name)], ...rows],
  };
}

/** For each contestant its cell. */
type Column = ReadonlyMap<string, string>;

async function measureCase(task: Case, bench: Bench): Promise<Column> {
  const fast = bench.contestants.filter(({ isSlow }) => !isSlow);
  const slow = bench.contestants.filter(({ isSlow, name }) => isSlow || name === FLOOR);
  const events = Math.round(bench.events * task.share);
  const column = cells(await race(fast, task, events, bench), '');
  if (slow.length < 2) return column;
  const slowColumn = cells(await race(slow, task, Math.ceil(events * SLOW_SHARE), bench), '*');
  return new Map([...slowColumn, ...column]);
}

async function race(contestants: readonly Contestant[], task: Case, events: number, bench: Bench): Promise<Rounds> {
  const input = dataFile(bench.folder, task.data, events);
  return runInTurn(commandsOf(contestants, task, input, bench), bench.rounds);
}

function cells(rounds: Rounds, mark: string): Column {
  const floor = rounds.get(FLOOR) ?? [];
  return new Map(
    [...rounds].map(([name, runs]) => [
      name,
      `${ratioOf(runs, floor).toFixed(2)}${mark} (${medianSeconds(runs).toFixed(2)} s, ${medianCpuSeconds(runs).toFixed(2)})`,
    ]),
  );
}

/** @throws Error when two contestants disagree */
async function compareOutputs(task: Case, bench: Bench): Promise<void> {
  const input = dataFile(bench.folder, task.data, COMPARED_EVENTS);
  const commands = commandsOf(bench.contestants, task, input, bench);
  for (const command of commands.values()) await runCommand(command);
  for (const name of commands.keys()) {
    if (name === FLOOR || name === REFERENCE) continue;
    requireEqualOutputs(outputOf(bench, REFERENCE), outputOf(bench, name), `${name}, ${task.name},`);
  }
}

function commandsOf(
  contestants: readonly Contestant[],
  task: Case,
  input: string,
  bench: Bench,
): ReadonlyMap<string, Command> {
  const commands = new Map<string, Command>();
  for (const contestant of contestants) {
    const command = contestant.command(task, input, outputOf(bench, contestant.name));
    if (command !== undefined) commands.set(contestant.name, command);
  }
  return commands;
}

function outputOf({ folder }: Bench, name: string): string {
  return `${folder}out-${name.replaceAll(/[^a-z0-9]+/gi, '-')}.ndjson`;
}
