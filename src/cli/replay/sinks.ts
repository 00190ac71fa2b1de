import { DEAD_LETTER_PERMISSIONS, fileSink, stdoutSink, type FileSink, type Sink } from '../../sinks/index.js';
import { endHalfLine } from '../run/end-half-line.js';
import { stderrSink } from '../stderr-sink.js';
import type { ReplayOutput, ReplayPlan } from './plan.js';

/** What a replay to one output writes to, open. */
export interface ReplaySinks {
  readonly output: Sink;
  readonly deadLetters: Sink;
  /** Those of the two that are files. */
  readonly files: readonly FileSink[];
}

/**
 * Opens where the events of a replay go, and those that fail: a file, to which they are added, else what is said to a person. What
 * dead letters became is added too: those that were driven before are not driven again.
 *
 * @throws SinkError
 */
export async function openReplaySinks(
  { choice, deadLetter }: Pick<ReplayPlan, 'choice' | 'deadLetter'>,
  to: ReplayOutput,
): Promise<ReplaySinks> {
  const files: FileSink[] = [];
  const open = async (path: string, mode: 'truncate' | 'append', permissions?: number): Promise<FileSink> => {
    const file = fileSink(path, { mode, waits: true, ...(permissions !== undefined && { permissions }) });
    files.push(file);
    if (mode === 'append') await endHalfLine(path, file);
    return file;
  };
  const mode = choice.from === 'dead-letters' ? 'append' : 'truncate';
  const output = to === undefined ? stdoutSink() : await open(to.file, mode);
  const deadLetters =
    deadLetter === undefined ? stderrSink() : await open(deadLetter, 'append', DEAD_LETTER_PERMISSIONS);
  return { output, deadLetters, files };
}
