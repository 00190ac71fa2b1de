import { hasCode } from '../../files/index.js';
import { SinkError, type Sink } from '../../sinks/index.js';
import { writeStderr } from './stderr.js';

/** Dead letters without a file: shown to the person, like everything on stderr. */
export function stderrSink(): Sink {
  return {
    name: 'stderr',
    write: (lines) =>
      new Promise((resolve, reject) => {
        writeStderr(lines, (error) => {
          // Whoever closed the pipe doesn't want to see dead letters.
          if (error == null || hasCode(error, 'EPIPE', 'ERR_STREAM_DESTROYED')) resolve();
          else reject(new SinkError('stderr', 'write', error));
        });
      }),
    close: () => Promise.resolve(),
  };
}
