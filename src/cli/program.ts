import { Command } from 'commander';
import { version } from '../../package.json';
import { operatorsCommand } from './commands/operators.js';
import { runCommand } from './commands/run.js';

/** Every command, in the order of the help. Each loads what it needs only when it is called. */
const COMMANDS = [runCommand, operatorsCommand];

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
  return program;
}
