import { Command, type Option } from 'commander';
import { version } from '../../package.json';
import { visible } from '../config/diagnostic/index.js';
import { checkCommand } from './commands/check.js';
import { completeCommand, completionCommand } from './commands/completion.js';
import { costCommand } from './commands/cost.js';
import { helpCommand } from './commands/help.js';
import { initCommand } from './commands/init.js';
import { journalCommand } from './commands/journal.js';
import { logCommand } from './commands/log.js';
import { operatorsCommand } from './commands/operators.js';
import { replayCommand } from './commands/replay.js';
import { runCommand } from './commands/run.js';
import { schemaCommand } from './commands/schema.js';
import { scriptCommand } from './commands/script.js';
import { serveCommand } from './commands/serve.js';
import { tapCommand } from './commands/tap.js';
import { tokenCommand } from './commands/token.js';
import { isRepeatable } from './flags/filter-option.js';

/** Every command, in the order of the help. Each loads what it needs only when it is called. */
const COMMANDS = [
  runCommand,
  serveCommand,
  tapCommand,
  replayCommand,
  logCommand,
  checkCommand,
  scriptCommand,
  costCommand,
  journalCommand,
  tokenCommand,
  initCommand,
  schemaCommand,
  operatorsCommand,
  helpCommand,
  completionCommand,
];

const EXAMPLES = `
Examples:
  Two fields of every line:
    colloquium -e '{/id, who: /user/name}' tweets.ndjson
  A config to start from, checked and run:
    colloquium init && colloquium check && colloquium sample.ndjson

"colloquium run --help" lists the options of a run, "colloquium operators" the language.`;

/** The whole command line, ready to parse. */
export function buildProgram(): Command {
  const program = new Command('colloquium')
    .description('Streams newline-delimited JSON through Computo transformations and AI models.')
    .version(version, '-V, --version')
    .helpCommand(false)
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .addHelpText('after', EXAMPLES);
  for (const define of COMMANDS) program.addCommand(define(), { isDefault: define === runCommand });
  return speakingAlike(program.addCommand(completeCommand(), { hidden: true }));
}

/** Mistakes in what was typed are said as all others are, and leave with the code that is ours, in every command. */
function speakingAlike(command: Command): Command {
  command.commands.forEach(speakingAlike);
  command.options.forEach((option) => refuseTwice(command, option));
  return command.exitOverride().configureOutput({
    outputError: (text, write) => write(visible(text.replace(/^error: /, 'colloquium: '))),
  });
}

/** A flag that takes one value is given once: the last of two would win silently. */
function refuseTwice(command: Command, option: Option): void {
  if (option.isBoolean() || option.negate || isRepeatable(option)) return;
  let isGiven = false;
  command.on(`option:${option.name()}`, () => {
    if (isGiven) command.error(`error: option '${option.flags}' was given twice, and takes one value`);
    isGiven = true;
  });
}
