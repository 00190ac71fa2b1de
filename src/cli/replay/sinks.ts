import { DEAD_LETTER_PERMISSIONS, FileHold, fileSink, heldFileSink, stdoutSink, type Sink } from '../../sinks/index.js';
import { stderrSink } from '../stderr-sink.js';
import type { ReplayOutput } from './plan.js';

/** Where a replay's events go. @throws SinkError */
export async function openOutput(output: ReplayOutput): Promise<Sink> {
  if (output === undefined) return stdoutSink();
  const hold = new FileHold(output.file, { command: 'colloquium replay' });
  const sink = await heldFileSink(output.file, { mode: 'truncate', waits: true, hold });
  return {
    ...sink,
    async close() {
      await sink.close();
      await hold.release();
    },
  };
}

/** Where its failed events go: a file, to which they are added, else what is said to a person. @throws SinkError */
export function openDeadLetters(path: string | undefined): Sink {
  if (path === undefined) return stderrSink();
  return fileSink(path, { mode: 'append', waits: true, permissions: DEAD_LETTER_PERMISSIONS });
}
