import { EXIT } from './exit/exit-codes.js';
import { buildProgram, loadCommandsFor } from './program.js';
import { reportError } from './report/report-error.js';
import { listenForHangUps } from './serve/hang-ups.js';
import { writeStderr } from './terminal/stderr.js';

/** The command line: understand it, do it, say what went wrong, leave with the right code. */
async function main(): Promise<number> {
  // Whoever reads may leave at any time; without a listener that would end the process, and look like a bug of ours.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  // Long before there is a daemon: whoever renames its files or changes its config does not know whether it has started.
  if (process.argv.includes('serve')) listenForHangUps();
  try {
    const program = buildProgram(await loadCommandsFor(process.argv.slice(2)));
    await program.parseAsync(process.argv);
    return Number(process.exitCode ?? 0);
  } catch (error) {
    return await reportError(error);
  }
}

// Node would leave with 0 when the command waits for what can never come, as if it were done.
process.once('beforeExit', () => {
  process.exitCode = EXIT.bug;
  writeStderr(
    'colloquium: the command is not done, and what it waits for can never come\n' +
      '  hint: a config in JavaScript or TypeScript that never ends does that; else it is a bug in colloquium, please report it\n',
  );
});

// Not left to the event loop: a pipe that nobody writes to any more would keep it alive.
void main().then(async (code) => {
  await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
  process.exit(code);
});

/** Resolves when a pipe has taken what was written, or nobody reads it any more. */
function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write('', () => resolve()));
}
