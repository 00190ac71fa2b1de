import { homedir } from 'node:os';
import type { Command, Option } from 'commander';
import { visible } from '../../config/diagnostic/index.js';

/**
 * Completes the last word, given the words before it.
 *
 * @param program the whole command line
 * @param words after the program's name; the last may be empty
 * @returns whole words that start like the last word; none if a file name is likely
 */
export async function candidates(program: Command, words: readonly string[]): Promise<readonly string[]> {
  const typed = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  const named = program.commands.find((command) => command.name() === before.find((word) => !word.startsWith('-')));
  const command = named ?? program.commands.find((one) => one.name() === 'run');
  if (command === undefined) return [];

  const asking = command.options.find((option) => option.required && isCalled(option, before.at(-1)));
  const found = await (asking === undefined ? wordsOf(program, command, named !== undefined, typed) : valuesOf(asking));
  return found.filter((word) => word.startsWith(typed));
}

function isCalled(option: Option, word: string | undefined): boolean {
  return word !== undefined && (option.short === word || option.long === word);
}

async function wordsOf(
  program: Command,
  command: Command,
  isNamed: boolean,
  typed: string,
): Promise<readonly string[]> {
  if (typed.startsWith('-')) {
    const flags = command.options.flatMap(({ short, long }) => (typed.startsWith('--') ? [long] : [long, short]));
    return [...flags, '--help', ...(isNamed ? [] : ['--version'])].filter((flag) => flag !== undefined);
  }
  if (!isNamed) return program.commands.map((one) => one.name()).filter((name) => !name.startsWith('__'));
  return [
    ...command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
    ...command.commands.map((one) => one.name()),
    ...(await wordsFor(command, program)),
  ];
}

/** Suggestions for an argument that may be any word, but is usually one of some. */
async function wordsFor(command: Command, program: Command): Promise<readonly string[]> {
  switch (command.name()) {
    case 'operators':
      return (await import('./operator-words.js')).operatorWords();
    case 'stages':
      return (await import('../../jobs/kinds/index.js')).KINDS.stages.names;
    case 'help':
      return (await import('../help/guides.js')).topicsOf(program);
    default:
      return [];
  }
}

async function valuesOf(option: Option): Promise<readonly string[]> {
  if (option.argChoices !== undefined) return option.argChoices;
  if (option.long === '--pipeline') return namesInConfig('pipelines');
  if (option.long === '--script') return namesInConfig('scripts');
  if (option.long === '--in' || option.long === '--out') return formatNames(option.long);
  return [];
}

async function formatNames(option: '--in' | '--out'): Promise<readonly string[]> {
  const { LINES_OF_JSON, OUTPUT_FORMATS } = await import('../../sinks/formats/index.js');
  const formats = option === '--out' ? OUTPUT_FORMATS : (await import('../../sources/formats/index.js')).INPUT_FORMATS;
  return [LINES_OF_JSON, ...formats.map(({ name }) => name)];
}

/** Reads names from the config that is in force here; an invalid config offers none. */
async function namesInConfig(what: 'pipelines' | 'scripts'): Promise<readonly string[]> {
  const [{ loadConfig, pipelineNames, scriptNames }, { KINDS }] = await Promise.all([
    import('../../config/index.js'),
    import('../../jobs/kinds/index.js'),
  ]);
  try {
    const config = await loadConfig({
      kinds: KINDS,
      cwd: process.cwd(),
      env: process.env,
      home: homedir(),
      programs: false,
    });
    if (config === undefined) return [];
    // A name that can't be shown can't be chosen, and a line break would make two names out of one.
    const names = what === 'pipelines' ? pipelineNames(config) : scriptNames(config);
    return names.filter((name) => visible(name) === name && !/\s/.test(name));
  } catch {
    return [];
  }
}
