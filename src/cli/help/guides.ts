import type { Command } from 'commander';

/** A guide that `colloquium help` prints: the Markdown file of its name in this folder, `dist/help` when built. */
export interface Guide {
  readonly name: string;
  /** What it is about, for the lists of guides. */
  readonly summary: string;
}

/** Every guide, in the order in which they are listed. */
export const GUIDES: readonly Guide[] = [
  { name: 'scripts', summary: 'the language of scripts: fields, calls, lambdas; text and JSON' },
  { name: 'operators', summary: 'every operator of scripts, with an example' },
  { name: 'recipes', summary: 'everyday jobs on one event, with jq beside them' },
  { name: 'config', summary: 'the config file, tables, a file per key, and what check finds' },
  { name: 'stages', summary: 'stages that look at several events: explode, dedupe, batch, aggregate and others' },
  { name: 'files', summary: 'inputs, outputs, formats, counts, and how --resume continues a run' },
  { name: 'ai', summary: 'AI stages: providers, budgets, schemas, cascades, and what a run will cost' },
  { name: 'testing', summary: 'test cases for pipelines: recorded AI answers, faults, simulated time' },
  { name: 'serve', summary: 'the daemon, its HTTP API, and the stored log with replay' },
  { name: 'operations', summary: 'install, upgrade, rotate keys, back up, watch' },
  { name: 'fleet', summary: 'several machines that share the work' },
  { name: 'security', summary: 'who may do what, and what keeps them from more' },
  { name: 'troubleshooting', summary: 'what fails, dead letters, and what to do about it' },
  { name: 'exit-codes', summary: 'what a command ends with' },
];

/** All that `colloquium help` tells about: guides and commands. A guide comes before a command of its name. */
export function topicsOf(program: Command): readonly string[] {
  const commands = program.commands.map((one) => one.name()).filter((name) => !name.startsWith('__'));
  return [...new Set([...GUIDES.map(({ name }) => name), ...commands])];
}
