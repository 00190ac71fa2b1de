import { Command } from 'commander';
import { version } from '../../package.json';
import { checkCommand } from './commands/check.js';
import { completeCommand, completionCommand } from './commands/completion.js';
import { costCommand } from './commands/cost.js';
import { initCommand } from './commands/init.js';
import { journalCommand } from './commands/journal.js';
import { logCommand } from './commands/log.js';
import { operatorsCommand } from './commands/operators.js';
import { replayCommand } from './commands/replay.js';
import { runCommand } from './commands/run.js';
import { schemaCommand } from './commands/schema.js';
import { serveCommand } from './commands/serve.js';

/** Every command, in the order of the help. Each loads what it needs only when it is called. */
const COMMANDS = [
  runCommand,
  serveCommand,
  replayCommand,
  logCommand,
  checkCommand,
  costCommand,
  journalCommand,
  initCommand,
  schemaCommand,
  operatorsCommand,
  completionCommand,
];

/** The whole command line, ready to parse. */
export function buildProgram(): Command {
  const program = new Command('colloquium')
    .description('Streams newline-delimited JSON through Computo transformations and AI models.')
    .version(version, '-V, --version')
    .helpCommand(false)
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .exitOverride();
  for (const define of COMMANDS) program.addCommand(define().exitOverride(), { isDefault: define === runCommand });
  program.addCommand(completeCommand().exitOverride(), { hidden: true });
  return program;
}
