import type { FileSink, FileSinkOptions } from '../../../sinks/index.js';
import { endHalfLine } from '../end-half-line.js';
import type { Target } from './targets.js';

/** Ends what somebody left without a newline in files that are added to: the next line does not become a part of it. */
export async function endHalfLines(
  targets: readonly Target[],
  files: readonly FileSink[],
  modes: readonly FileSinkOptions['mode'][],
): Promise<void> {
  for (const [at, file] of files.entries()) {
    const path = targets[at]?.path ?? '';
    if (modes[at] === 'append' && !path.endsWith('.gz')) await endHalfLine(path, file);
  }
}
