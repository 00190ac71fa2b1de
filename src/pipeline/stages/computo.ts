import type { StageSpec } from '../spec.js';
import { compileScript, type TraceOf } from './script.js';
import type { Stage } from './stage.js';

/** Replaces the data by what the script makes of it. */
export function computoStage(spec: Extract<StageSpec, { kind: 'computo' }>, traceOf?: TraceOf): Stage {
  const script = compileScript(spec.script, spec.name, traceOf);
  return { name: spec.name, needsContext: script.needsContext, run: (data, context) => script.run(data, context) };
}
