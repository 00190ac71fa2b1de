import { formatPointer } from 'computo-js';
import type { Diagnostic } from '../diagnostic/index.js';
import type { ConfigText } from '../load/validate.js';
import { stagesOf } from '../plan/script-sites.js';
import { diagnose, type SourceNode } from '../source/index.js';

/** Finds windows of a pipeline that are based on arrival times, which say little about stored events. */
export function windowsWithoutTime(
  { document, kinds }: Pick<ConfigText, 'document' | 'kinds'>,
  path: readonly string[],
  pipeline: SourceNode,
): readonly Diagnostic[] {
  return stagesOf(path, pipeline, kinds.stages).flatMap(({ path: stage, node, kind }) => {
    const below = kind?.windowWithoutTime?.(node);
    if (below === undefined) return [];
    const finding = {
      severity: 'warning',
      code: 'window-without-time',
      message:
        'nothing says the time of events, so the window goes by when they come in, which in a run is when they are read',
      hint: 'add time: /at, or, if that is meant, time: $inputs/1/timestamp',
    } as const;
    return [diagnose(document, formatPointer([...stage, ...below]), finding, 'key')];
  });
}
