import { formatPointer } from 'computo-js';
import type { Diagnostic } from '../diagnostic/index.js';
import type { ConfigKinds, KeyPath } from '../kinds/index.js';
import { diagnose, nodeAt, type SourceDocument } from '../source/index.js';
import { stagesOf, type FoundStage } from './script-sites.js';

/** What the stages of a pipeline say of their settings that can't be so together. @param path of the pipeline */
export function settingProblems(
  { document, kinds }: { readonly document: SourceDocument; readonly kinds: ConfigKinds },
  path: KeyPath,
): readonly Diagnostic[] {
  const pipeline = nodeAt(document.root, formatPointer(path));
  if (pipeline === undefined) return [];
  const stages = stagesOf(path, pipeline, kinds.stages);
  const found = stages.flatMap(({ path: stagePath, node, kind }) =>
    (kind?.problems?.(node) ?? []).map((problem) => {
      const finding = { severity: 'error', code: 'invalid-value', message: problem.message } as const;
      return diagnose(document, formatPointer([...stagePath, ...problem.path]), finding);
    }),
  );
  return [...found, ...disorder(document, stages)];
}

/** Stages that look across events where these come in the order of the answers of AI providers. */
function disorder(document: SourceDocument, stages: readonly FoundStage[]): readonly Diagnostic[] {
  const calls = stages.map(({ kind }) => kind?.callsAt !== undefined);
  return stages.flatMap(({ path, kind }, at) => {
    if (kind?.across === undefined || !calls.slice(0, at).includes(true)) return [];
    const isBetween = calls.slice(at).includes(true);
    if (kind.across === 'nothing' && !isBetween) return [];
    const finding = {
      severity: 'error',
      code: 'state-needs-order',
      message: isBetween
        ? `${kind.kind} cannot stand between two AI stages`
        : `${kind.kind} looks across events, and behind an AI stage they come in the order of the answers`,
      hint: 'put it before the first AI stage, or run it in a second pipeline on the output',
    } as const;
    return [diagnose(document, formatPointer(path), finding)];
  });
}
