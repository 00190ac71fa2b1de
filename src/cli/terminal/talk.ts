import type { PersonTalk } from '../../jobs/index.js';
import { stderrSink } from './stderr-sink.js';
import { writeStderr } from './stderr.js';

/** What a job says goes to standard error. */
export function terminalTalk(): PersonTalk {
  return { notice: (message) => writeStderr(`colloquium: ${message}\n`), letters: stderrSink() };
}
