import type { Command } from 'commander';

/** A command of the program. Its arguments and action are loaded when it is called, or when its help is requested. */
export interface CommandEntry {
  readonly name: string;
  /** Text for the list of commands. */
  readonly summary: string;
  /** Whether it is left out of that list, because it is for scripts, not for people. */
  readonly hidden?: true;
  /** @returns a function that gives the command its arguments, options and action */
  readonly load: () => Promise<DefineCommand>;
}

/** @returns the command itself */
export type DefineCommand = (command: Command) => Command;

/** The command that runs if none is named. */
export const DEFAULT_COMMAND = 'run';

/** The command that shells call at each Tab, to complete all others. */
export const COMPLETE_COMMAND = '__complete';

/** Every command, in the order of the help. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'run',
    summary: 'Run events through a pipeline: files or stdin in, stdout or a file out (the default command)',
    load: async () => (await import('./run.js')).runCommand,
  },
  {
    name: 'serve',
    summary: 'Take events over HTTP, store them durably, run them through their pipelines',
    load: async () => (await import('./serve.js')).serveCommand,
  },
  {
    name: 'tap',
    summary: 'Watch the events of a running daemon on their way',
    load: async () => (await import('./tap.js')).tapCommand,
  },
  {
    name: 'replay',
    summary: 'Read the stored log from a moment on, through the pipelines again',
    load: async () => (await import('./replay.js')).replayCommand,
  },
  {
    name: 'log',
    summary: 'Look after the stored log: ls, verify, prune, backup, restore, tail',
    load: async () => (await import('./log.js')).logCommand,
  },
  {
    name: 'check',
    summary: 'Find the mistakes in configs and scripts without running them',
    load: async () => (await import('./check.js')).checkCommand,
  },
  {
    name: 'test',
    summary: 'Run the test cases of pipelines, with recorded AI answers and without the network',
    load: async () => (await import('./test.js')).testCommand,
  },
  {
    name: 'script',
    summary: 'Turn scripts into text or JSON, and lay texts out: to-json, to-text, fmt',
    load: async () => (await import('./script.js')).scriptCommand,
  },
  {
    name: 'cost',
    summary: "Show what AI calls cost, and what is left of today's budget",
    load: async () => (await import('./cost.js')).costCommand,
  },
  {
    name: 'models',
    summary: 'List the AI models whose prices are known, with context windows, or search them',
    load: async () => (await import('./models.js')).modelsCommand,
  },
  {
    name: 'journal',
    summary: 'Look at the AI answers that are kept, and at calls in doubt',
    load: async () => (await import('./journal.js')).journalCommand,
  },
  {
    name: 'token',
    summary: 'Say who may use the daemon, and for what: create, list, revoke',
    load: async () => (await import('./token.js')).tokenCommand,
  },
  {
    name: 'init',
    summary: 'Write a commented starter config and a few events to try it on',
    load: async () => (await import('./init.js')).initCommand,
  },
  {
    name: 'schema',
    summary: 'Print the JSON Schema of the config, or of test files',
    load: async () => (await import('./schema.js')).schemaCommand,
  },
  {
    name: 'stages',
    summary: 'List the stages that a pipeline can have, or explain one with its settings',
    load: async () => (await import('./stages.js')).stagesCommand,
  },
  {
    name: 'operators',
    summary: "List Computo's operators by family, explain one or a family, or search them",
    load: async () => (await import('./operators.js')).operatorsCommand,
  },
  {
    name: 'help',
    summary: 'Show a guide, or the help of a command: without a topic, list them all',
    load: async () => (await import('./help.js')).helpCommand,
  },
  {
    name: 'version',
    summary: 'Print the version, as --version does',
    load: async () => (await import('./version.js')).versionCommand,
  },
  {
    name: 'completion',
    summary: 'Print a shell completion script: commands, flags, and the pipelines and scripts of the config',
    load: async () => (await import('./completion.js')).completionCommand,
  },
  {
    name: COMPLETE_COMMAND,
    summary: 'Print the candidates for the last of the words',
    hidden: true,
    load: async () => (await import('./completion.js')).completeCommand,
  },
];
