import { fstatSync } from 'node:fs';
import { visible } from '../config/diagnostic/index.js';
import { SinkClosedError, SinkError, type Sink } from './sink.js';
import { writeFileFully } from './write-fully.js';

const STDOUT = 1;

/**
 * Opens standard output. A redirected file is written directly; a pipe or terminal through the event loop, because a thread that
 * waits for a slow reader could not be interrupted.
 */
export function stdoutSink(): Sink {
  const isFile = fstatSync(STDOUT).isFile();
  const isTerminal = process.stdout.isTTY;
  return {
    name: 'stdout',
    async write(lines) {
      try {
        if (isFile) writeFileFully(STDOUT, lines);
        // The same JSON, with characters that a terminal would interpret written as escapes.
        else await writeToStream(isTerminal ? Buffer.from(visible(Buffer.from(lines).toString('utf8'))) : lines);
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? error.code : undefined;
        if (code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED') throw new SinkClosedError('stdout is closed');
        throw new SinkError('stdout', 'write', error);
      }
    },
    close: () => Promise.resolve(),
  };
}

function writeToStream(lines: Uint8Array): Promise<void> {
  const { stdout } = process;
  // A write's failure goes to its callback, but without a listener it would also crash the process.
  if (stdout.listenerCount('error') === 0) stdout.on('error', () => undefined);
  return new Promise((resolve, reject) => {
    stdout.write(lines, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}
