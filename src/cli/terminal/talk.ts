import type { PersonTalk } from '../../jobs/index.js';
import { stderrSink } from './stderr-sink.js';
import { writeStderr } from './stderr.js';

/** Writes what a job says to standard error. */
export function terminalTalk(): PersonTalk {
  return { notice: (message) => writeStderr(`colloquium: ${message}\n`), letters: stderrSink() };
}
