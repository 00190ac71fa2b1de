import type { Source } from '../../sources/index.js';
import type { AiTalk } from './ai-talk.js';
import { isStdout, type OutputPlan } from './plan.js';
import { progressReporter, type ProgressReporter } from './progress.js';

/** Some terminals do not tell how wide they are, and say 0. */
const COLUMNS_UNKNOWN = 80;

/** Whoever says on stderr how far a run is. */
export function reporterFor(sources: readonly Source[], outputs: readonly OutputPlan[], ai?: AiTalk): ProgressReporter {
  const sizes = sources.map((source) => source.sizeBytes);
  const total = sizes.every((size) => size !== undefined) ? sizes.reduce((sum, size) => sum + size, 0) : undefined;
  // Results on the same terminal would be written over by lines that redraw themselves.
  const isShared = process.stdout.isTTY && outputs.some(isStdout);
  const world = {
    write: (text: string) => void process.stderr.write(text),
    isTty: process.stderr.isTTY && !isShared,
    columns: process.stderr.columns > 0 ? process.stderr.columns : COLUMNS_UNKNOWN,
    now: () => process.uptime() * 1000,
  };
  return ai?.reporter(world, total) ?? progressReporter(world, total);
}
