import {
  DEAD_LETTER_PERMISSIONS,
  FileHold,
  fileSink,
  heldFileSink,
  stdoutSink,
  type FileSink,
} from '../../sinks/index.js';
import type { OpenSinks } from '../../pipeline/index.js';
import { endHalfLine } from '../run/end-half-line.js';
import { stderrSink } from '../stderr-sink.js';
import type { ReplayOutput, ReplayPlan } from './plan.js';

/**
 * Opens where the events of a replay go, and those that fail: a file, to which they are added, else what is said to a person. What
 * dead letters became is added too: those that were driven before are not driven again.
 *
 * @throws SinkError, also when another process writes to the output
 */
export async function openReplaySinks(
  { choice, deadLetter }: Pick<ReplayPlan, 'choice' | 'deadLetter'>,
  to: ReplayOutput,
): Promise<OpenSinks> {
  const output = to === undefined ? undefined : await openOutput(to.file, choice.from === 'dead-letters');
  const letters = deadLetter === undefined ? undefined : await openDeadLetters(deadLetter);
  const files = [output, letters].filter((file) => file !== undefined);
  return {
    outputs: [output ?? stdoutSink()],
    deadLetters: letters ?? stderrSink(),
    files,
    async close() {
      for (const file of files) await file.close();
    },
  };
}

async function openOutput(path: string, adds: boolean): Promise<FileSink> {
  const hold = new FileHold(path, { command: 'colloquium replay' });
  const sink = await heldFileSink(path, { mode: adds ? 'append' : 'truncate', waits: true, hold });
  if (adds) await endHalfLine(path, sink);
  return {
    ...sink,
    async close() {
      await sink.close();
      await hold.release();
    },
  };
}

async function openDeadLetters(path: string): Promise<FileSink> {
  const sink = fileSink(path, { mode: 'append', waits: true, permissions: DEAD_LETTER_PERMISSIONS });
  await endHalfLine(path, sink);
  return sink;
}
