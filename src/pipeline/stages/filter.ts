import { isTruthy } from 'computo-js';
import type { StageSpec } from '../spec.js';
import { compileScript, type TraceOf } from './script.js';
import { FILTERED, type Stage } from './stage.js';

/** Lets an event pass unchanged when the script answers something truthy (Computo's sense: `0 "" [] {}` are not). */
export function filterStage(spec: Extract<StageSpec, { kind: 'filter' }>, traceOf?: TraceOf): Stage {
  const script = compileScript(spec.script, spec.name, traceOf);
  return {
    name: spec.name,
    needsContext: script.needsContext,
    run: (data, context) => (isTruthy(script.run(data, context)) ? data : FILTERED),
  };
}
