import { Command, type Option } from 'commander';
import { version } from '../../package.json';
import { visible } from '../config/diagnostic/index.js';
import { COMMANDS, COMPLETE_COMMAND, DEFAULT_COMMAND, type DefineCommand } from './commands/index.js';
import { FOREIGN_FLAGS } from './flags/foreign-flags.js';
import { isRepeatable } from './flags/repeatable-option.js';

const EXAMPLES = `
Examples:
  Two fields of every line:
    colloquium -e '{/id, who: /user/name}' tweets.ndjson
  A config to start from, checked and run:
    colloquium init && colloquium check && colloquium sample.ndjson

"colloquium run --help" lists the options of a run, "colloquium operators" the language, "colloquium help" the guides.`;

/** Loaded commands, by name. */
export type LoadedCommands = ReadonlyMap<string, DefineCommand>;

/** Loads every command. */
export async function loadCommands(): Promise<LoadedCommands> {
  return await load(() => true);
}

/**
 * Loads the commands that a command line needs, usually one.
 *
 * @param words what was typed after the program's name
 */
export async function loadCommandsFor([first, second]: readonly string[]): Promise<LoadedCommands> {
  const called = COMMANDS.some(({ name }) => name === first) ? first : DEFAULT_COMMAND;
  if (called === COMPLETE_COMMAND || (called === 'help' && second === '--man')) return await loadCommands();
  return await load((name) => name === called || (called === 'help' && name === second));
}

async function load(isWanted: (name: string) => boolean): Promise<LoadedCommands> {
  const wanted = COMMANDS.filter(({ name }) => isWanted(name));
  return new Map(await Promise.all(wanted.map(async (entry) => [entry.name, await entry.load()] as const)));
}

/**
 * Builds the command line, ready to parse.
 *
 * @param loaded the commands that can be called; the others are only listed
 */
export function buildProgram(loaded: LoadedCommands): Command {
  const program = new Command('colloquium')
    .description('Streams newline-delimited JSON through Computo transformations and AI models.')
    .version(version, '-V, --version')
    .helpCommand(false)
    .enablePositionalOptions()
    .showSuggestionAfterError()
    // Only loaded commands know their arguments and options.
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .addHelpText('after', EXAMPLES);
  for (const { name, summary, hidden = false } of COMMANDS) {
    const command = new Command(name).description(summary);
    loaded.get(name)?.(command);
    program.addCommand(command, { isDefault: name === DEFAULT_COMMAND, hidden });
  }
  return speakingAlike(program);
}

/** Reports mistakes on the command line like all other errors, with Colloquium's exit code, in every command. */
function speakingAlike(command: Command): Command {
  command.commands.forEach(speakingAlike);
  command.options.forEach((option) => refuseTwice(command, option));
  return command.exitOverride().configureOutput({
    outputError: (text, write) => write(visible(inOurWords(text, command))),
  });
}

/** The same mistake in Colloquium's words, with a next step. */
function inOurWords(text: string, command: Command): string {
  const [problem = '', suggestion] = text
    .replace(/^error: /, '')
    .trimEnd()
    .split('\n');
  const choice = /^command-argument value '(.*)' is invalid for argument '(.*)'\. Allowed choices are (.*)\.$/s.exec(
    problem,
  );
  if (choice !== null) {
    const [, value = '', name = '', choices = ''] = choice;
    return `colloquium: there is no ${name} ${JSON.stringify(value)} for ${nameOf(command)}\n  hint: it is one of ${choices}\n`;
  }
  const [, flag = ''] = /^unknown option '(--?[\w-]+)/.exec(problem) ?? [];
  const meant = /^\(Did you mean (.*)\?\)$/.exec(suggestion ?? '')?.[1];
  const hint = hintFor(flag, command) ?? (meant === undefined ? helpOf(command) : `did you mean ${meant}?`);
  return `colloquium: ${problem}\n  hint: ${hint}\n`;
}

function hintFor(flag: string, command: Command): string | undefined {
  const below = command.commands.filter((one) =>
    one.options.some(({ short, long }) => flag === short || flag === long),
  );
  const [first] = below;
  if (command.parent && first) return `it stands behind what is to be done: ${nameOf(first)} ${flag} …`;
  return Object.hasOwn(FOREIGN_FLAGS, flag) ? FOREIGN_FLAGS[flag] : undefined;
}

function helpOf(command: Command): string {
  return `${nameOf(command)} --help lists what it takes`;
}

function nameOf(command: Command): string {
  return command.parent ? `${nameOf(command.parent)} ${command.name()}` : command.name();
}

/** Rejects a single-value flag that is given twice: otherwise the last value would silently win. */
function refuseTwice(command: Command, option: Option): void {
  if (option.isBoolean() || option.negate || isRepeatable(option)) return;
  let isGiven = false;
  command.on(`option:${option.name()}`, () => {
    if (isGiven) command.error(`error: option '${option.flags}' was given twice, and takes one value`);
    isGiven = true;
  });
}
