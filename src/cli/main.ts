import { EXIT } from './exit/exit-codes.js';
import { buildProgram, loadCommandsFor } from './program.js';
import { reportError } from './report/report-error.js';
import { listenForHangUps } from './serve/hang-ups.js';
import { writeStderr } from './terminal/stderr.js';

/** Runs the command line: parses it, runs the command, reports errors, and returns the exit code. */
async function main(): Promise<number> {
  // The reader may leave at any time; without a listener that would end the process, and look like a bug in Colloquium.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  // Installed long before there is a daemon: whoever renames its files or changes its config doesn't know whether it has started.
  if (process.argv.includes('serve')) listenForHangUps();
  try {
    const program = buildProgram(await loadCommandsFor(process.argv.slice(2)));
    await program.parseAsync(process.argv);
    return Number(process.exitCode ?? 0);
  } catch (error) {
    return await reportError(error);
  }
}

// If the command waits for something that can never happen, Node would exit with 0, as if it had finished.
process.once('beforeExit', () => {
  process.exitCode = EXIT.bug;
  writeStderr(
    'colloquium: the command is not done, and what it waits for can never come\n' +
      '  hint: a config in JavaScript or TypeScript that never ends does that; else it is a bug in colloquium, please report it\n',
  );
});

// Not left to the event loop, because a pipe that nobody writes to any more would keep the process alive.
void main().then(async (code) => {
  await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
  process.exit(code);
});

/** Resolves when a pipe has accepted what was written, or nobody reads it any more. */
function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write('', () => resolve()));
}
