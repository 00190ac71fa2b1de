import { CommanderError } from 'commander';
import { ConfigError } from '../../config/diagnostic/index.js';
import { EXIT, type ExitCode } from '../exit/exit-codes.js';
import { systemReason } from '../../files/index.js';
import { writeStderr } from '../terminal/stderr.js';

/** A device that fails or is full: no other path would help. */
const OF_DEVICES = ['ENOSPC', 'EDQUOT', 'EROFS', 'EIO'];

/**
 * The one place that prints an error: a line and a hint for what the user can fix, a stack for what only developers can.
 *
 * @returns the exit code
 */
export async function reportError(error: unknown): Promise<ExitCode> {
  // Commander has already printed it.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (error instanceof ConfigError) {
    const { printDiagnostics } = await import('../terminal/print-diagnostics.js');
    printDiagnostics(error.diagnostics);
    return EXIT.invalid;
  }
  const { explained } = await import('../exit/explain.js');
  const known = explained(error);
  if (known !== undefined) {
    writeStderr(`colloquium: ${known.message}\n`);
    if (known.hint !== undefined) writeStderr(`  hint: ${known.hint}\n`);
    return known.exitCode;
  }
  const refused = refusedBySystem(error);
  if (refused !== undefined) {
    process.stderr.write(`colloquium: ${refused.message}\n`);
    return refused.exitCode;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  writeStderr(`colloquium: this is a bug in colloquium, please report it with the lines below\n${stack}\n`);
  return EXIT.bug;
}

/** Describes an operating-system error that nothing else has explained, such as a path that leads nowhere or a full disk. */
function refusedBySystem(error: unknown): { readonly message: string; readonly exitCode: ExitCode } | undefined {
  const reason = systemReason(error);
  if (!(error instanceof Error) || reason === undefined || !('syscall' in error)) return undefined;
  if (error.syscall === 'uv_cwd') {
    return { message: 'the folder that this was started in is not there any more', exitCode: EXIT.usage };
  }
  const path = 'path' in error && typeof error.path === 'string' ? error.path : undefined;
  const isDevice = 'code' in error && OF_DEVICES.includes(String(error.code));
  const message = path === undefined ? error.message : `cannot use ${path}: ${reason}`;
  return { message, exitCode: isDevice ? EXIT.dataError : EXIT.usage };
}
