import type { Sink } from '../sinks/index.js';
import { writeStderr } from './run/stderr.js';

/** Dead letters that were given no file: said to the person, like everything on stderr. */
export function stderrSink(): Sink {
  return {
    name: 'stderr',
    write: (lines) => new Promise((resolve) => writeStderr(lines, resolve)),
    close: () => Promise.resolve(),
  };
}
