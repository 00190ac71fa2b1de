import { DEAD_LETTER_PERMISSIONS, fileSink, stdoutSink, type Sink } from '../../sinks/index.js';
import type { ReplayOutput } from './plan.js';

/** Where a replay's events go. @throws SinkError */
export function openOutput(output: ReplayOutput): Sink {
  return output === undefined ? stdoutSink() : fileSink(output.file, { mode: 'truncate', waits: true });
}

/** Where its failed events go: a file, else what is said to a person. @throws SinkError */
export function openDeadLetters(path: string | undefined): Sink {
  if (path !== undefined) {
    return fileSink(path, { mode: 'truncate', waits: true, permissions: DEAD_LETTER_PERMISSIONS });
  }
  return {
    name: 'stderr',
    write: (lines) => new Promise((resolve) => void process.stderr.write(lines, () => resolve())),
    close: () => Promise.resolve(),
  };
}
