import { CommanderError } from 'commander';
import { ConfigError } from '../config/diagnostic/index.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { UserError } from './user-error.js';
import { writeStderr } from './run/stderr.js';

/**
 * The one place that prints an error: a line and a hint for what the user can mend, a stack for what only we can.
 *
 * @returns the exit code
 */
export async function reportError(error: unknown): Promise<ExitCode> {
  // Commander has printed it already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (error instanceof ConfigError) {
    const { printDiagnostics } = await import('./print-diagnostics.js');
    printDiagnostics(error.diagnostics);
    return EXIT.invalid;
  }
  if (error instanceof UserError) {
    writeStderr(`colloquium: ${error.message}\n`);
    if (error.hint !== undefined) writeStderr(`  hint: ${error.hint}\n`);
    return error.exitCode;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  writeStderr(`colloquium: this is a bug in colloquium, please report it with the lines below\n${stack}\n`);
  return EXIT.bug;
}
