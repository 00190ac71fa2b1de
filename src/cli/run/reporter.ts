import { isatty } from 'node:tty';
import type { Source } from '../../sources/index.js';
import type { AiTalk } from './ai-talk.js';
import { progressReporter, type ProgressReporter } from './progress.js';

const STDERR = 2;

/** Whoever says on stderr how far a run is. */
export function reporterFor(sources: readonly Source[], ai?: AiTalk): ProgressReporter {
  const sizes = sources.map((source) => source.sizeBytes);
  const total = sizes.every((size) => size !== undefined) ? sizes.reduce((sum, size) => sum + size, 0) : undefined;
  const world = {
    write: (text: string) => void process.stderr.write(text),
    isTty: isatty(STDERR),
    columns: process.stderr.columns,
    now: () => performance.now(),
  };
  return ai?.reporter(world, total) ?? progressReporter(world, total);
}
