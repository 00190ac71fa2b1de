import type { ProgressTalk, RunPlan } from '../../jobs/run/index.js';
import type { aiStatusReporter } from './ai-status.js';
import { isStdout } from '../../jobs/outputs/index.js';
import { progressReporter } from './progress.js';

/** Some terminals don't report their width, but say 0. */
const COLUMNS_UNKNOWN = 80;

/**
 * Returns the reporter of a run's progress on stderr.
 *
 * @param aiReporter the reporter for runs that make AI calls
 */
export function progressOn(
  outputs: RunPlan['outputs'],
  aiReporter?: typeof aiStatusReporter,
): NonNullable<ProgressTalk['progress']> {
  // Redrawn lines would overwrite results on the same terminal.
  const isShared = process.stdout.isTTY && outputs.some(isStdout);
  const world = {
    write: (text: string) => void process.stderr.write(text),
    isTty: process.stderr.isTTY && !isShared,
    columns: process.stderr.columns > 0 ? process.stderr.columns : COLUMNS_UNKNOWN,
    now: () => process.uptime() * 1000,
  };
  return (size, ai) => {
    if (ai === undefined || aiReporter === undefined) return progressReporter(world, size);
    return aiReporter({ ...world, now: Date.now, every }, ai, size);
  };
}

function every(ms: number, then: () => void): () => void {
  const timer = setInterval(then, ms).unref();
  return () => clearInterval(timer);
}
