import { runCommand, type Run } from './command.js';
import type { Command } from '../contestants/contestant.js';

/** Runs of several commands, taken in turn, so that what slows the machine down slows all of them. */
export type Rounds = ReadonlyMap<string, readonly Run[]>;

export async function runInTurn(commands: ReadonlyMap<string, Command>, rounds: number): Promise<Rounds> {
  const runs = new Map<string, Run[]>([...commands.keys()].map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, command] of commands) runs.get(name)?.push(await runCommand(command));
  }
  return runs;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** How many times as fast as `base` the runs were: the median of the rounds' ratios. */
export function ratioOf(runs: readonly Run[], base: readonly Run[]): number {
  return median(runs.map(({ seconds }, round) => (base[round]?.seconds ?? Number.NaN) / seconds));
}

export function medianSeconds(runs: readonly Run[]): number {
  return median(runs.map(({ seconds }) => seconds));
}

export function medianCpuSeconds(runs: readonly Run[]): number {
  return median(runs.map(({ cpuSeconds }) => cpuSeconds));
}
