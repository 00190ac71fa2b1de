import type { ProgressTalk } from '../../jobs/run/index.js';
import { sharesTerminal } from '../terminal/shares-terminal.js';
import type { aiStatusReporter } from './ai-status.js';
import { progressReporter, type ProgressWorld } from './progress.js';

/** Some terminals don't report their size, but say 0. */
const COLUMNS_UNKNOWN = 80;
const ROWS_UNKNOWN = 24;

/**
 * Returns the reporter of progress on stderr.
 *
 * @param toStdout whether results go to standard output
 * @param aiReporter the reporter for runs that make AI calls
 */
export function progressOn(
  toStdout: boolean,
  aiReporter?: typeof aiStatusReporter,
): NonNullable<ProgressTalk['progress']> {
  return (size, ai) => {
    const world: ProgressWorld = {
      write: (text) => void process.stderr.write(text),
      redraws: process.stderr.isTTY && !(toStdout && sharesTerminal()),
      columns: () => process.stderr.columns || COLUMNS_UNKNOWN,
      rows: () => process.stderr.rows || ROWS_UNKNOWN,
      now: () => process.uptime() * 1000,
    };
    if (ai === undefined || aiReporter === undefined) return progressReporter(world, size);
    return aiReporter({ ...world, now: Date.now, every }, ai, size);
  };
}

function every(ms: number, then: () => void): () => void {
  const timer = setInterval(then, ms).unref();
  return () => clearInterval(timer);
}
