import { formatPointer } from 'computo-js';
import { isTemplate } from './request-literal.js';
import type { Diagnostic } from '../diagnostic/index.js';
import type { MapTemplate } from '../kinds/index.js';
import { diagnoseScript, requestMembers, type ScriptSource } from '../script/index.js';
import { diagnose } from '../source/index.js';

/** Finds what is wrong with the literal members of a stage's script. */
export function memberProblems(judge: MapTemplate, source: ScriptSource): readonly Diagnostic[] {
  const { script, origin } = source;
  const plain = isTemplate(source);
  return requestMembers(script).flatMap(({ key, value, path }) =>
    judge.memberProblems(key, value, plain).map((problem) => {
      const { severity = 'error', code, message, hint } = problem;
      const finding = { severity, code, message, hint } as const;
      const pointer = formatPointer([...path, ...problem.path]);
      return plain && problem.path.length === 0 && severity === 'error'
        ? diagnose(origin.document, origin.pointer + pointer, finding, 'key')
        : diagnoseScript(source, pointer, finding);
    }),
  );
}
