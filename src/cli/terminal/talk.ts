import type { PersonTalk } from '../../jobs/index.js';
import type { Sink } from '../../sinks/index.js';
import { letterLines } from './letter-lines.js';
import { stderrSink } from './stderr-sink.js';
import { writeStderr } from './stderr.js';

/** Writes what a job says to standard error. */
export function terminalTalk(): PersonTalk {
  return { notice: (message) => writeStderr(`colloquium: ${message}\n`), letters: letters() };
}

/** In a pipe they are read by a program: one JSON object a line. */
function letters(): Sink {
  const sink = stderrSink();
  if (!process.stderr.isTTY) return sink;
  return { ...sink, write: (lines) => sink.write(Buffer.from(letterLines(Buffer.from(lines).toString()))) };
}
