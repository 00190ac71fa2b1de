import { outputState, type FileLockOptions, type FileSink, type FileSinkOptions } from '../../../sinks/index.js';
import { endHalfLines } from '../../outputs/end-half-lines.js';
import { openKeyedFile } from '../../outputs/open-keyed.js';
import { nameIn, type Target } from './targets.js';

/** The files that an earlier run left of an output with many files, resting, by their names below its folder. */
export type LeftFiles = ReadonlyMap<string, FileSink>;

/**
 * Truncates files that an earlier run wrote to where this run continues.
 *
 * @param output the output that has these files
 * @param modes how each is opened
 * @throws SinkError
 */
export async function restoreKeyed(
  output: Target,
  files: readonly Target[],
  modes: readonly (FileSinkOptions['mode'] | undefined)[],
  lock: FileLockOptions,
): Promise<LeftFiles> {
  const left = new Map<string, FileSink>();
  for (const [at, { path, plan }] of files.entries()) {
    const mode = modes[at] ?? plan.mode;
    // A file that need not be truncated is not locked.
    const isChanged = !isWhereItWas(plan, mode);
    const file = await openKeyedFile({ ...plan, mode }, { lock: isChanged ? lock : undefined, checkpointed: true });
    await endHalfLines([plan], [file], [mode]);
    await file.rest();
    left.set(nameIn(output, path), file);
  }
  return left;
}

function isWhereItWas({ path, keeping }: Target['plan'], mode: FileSinkOptions['mode']): boolean {
  if (typeof mode !== 'object' || !('truncateTo' in mode) || mode.truncateTo.mark === undefined) return false;
  return outputState(path, mode.truncateTo, keeping.pattern).kind === 'good';
}
