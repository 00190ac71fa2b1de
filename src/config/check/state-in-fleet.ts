import { formatPointer } from 'computo-js';
import type { Diagnostic } from '../diagnostic/index.js';
import type { ConfigText } from '../load/validate.js';
import { stagesOf } from '../plan/script-sites.js';
import { diagnose, nodeAt, type SourceNode } from '../source/index.js';

/** Finds stages of a pipeline that look across events, if a fleet is joined: a member sees only some of the events, in any order. */
export function stateInFleet(
  { document, kinds }: Pick<ConfigText, 'document' | 'kinds'>,
  path: readonly string[],
  pipeline: SourceNode,
): readonly Diagnostic[] {
  const joins = nodeAt(document.root, '/fleet/join')?.value;
  if (joins !== true && joins !== 'true') return [];
  return stagesOf(path, pipeline, kinds.stages).flatMap(({ path: stage, kind }) => {
    if (kind?.across !== 'state') return [];
    const finding = {
      severity: 'error',
      code: 'state-needs-order',
      message: 'this stage looks across events, and a member of a fleet sees only some of them',
      hint: 'run the pipeline in a daemon of its own, without fleet.join',
    } as const;
    return [diagnose(document, formatPointer(stage), finding)];
  });
}
