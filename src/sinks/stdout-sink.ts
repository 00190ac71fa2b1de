import { SinkClosedError, SinkError, type Sink } from './sink.js';
import { writeFully } from './write-fully.js';

const STDOUT = 1;

/** Standard output, written to past Node's stream: no copy, no buffer, the kernel's pipe is the only queue. */
export function stdoutSink(): Sink {
  return {
    name: 'stdout',
    async write(lines) {
      try {
        await writeFully(STDOUT, lines);
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'EPIPE')
          throw new SinkClosedError('stdout is closed');
        throw new SinkError('stdout', 'write', error);
      }
    },
    close: () => Promise.resolve(),
  };
}
