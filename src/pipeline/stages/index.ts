import type { AiStageSpec, StageSpec } from '../spec.js';
import { computoStage } from './computo.js';
import { filterStage } from './filter.js';
import type { TraceOf } from './script.js';
import type { Stage } from './stage.js';

export { aiStage, type AiStage } from './ai.js';
export { compileScript, programOf, type Script, type TraceOf } from './script.js';
export { FILTERED, type Stage } from './stage.js';

/** Compiles one synchronous stage. A new kind of stage is a file here, a line below and its spec. */
export function compileStage(spec: Exclude<StageSpec, AiStageSpec>, traceOf?: TraceOf): Stage {
  switch (spec.kind) {
    case 'computo':
      return computoStage(spec, traceOf);
    case 'filter':
      return filterStage(spec, traceOf);
  }
}
