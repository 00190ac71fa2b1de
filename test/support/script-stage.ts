import type { Json } from 'computo-js';
import type { ScriptPlan } from '../../src/config/index.js';
import type { ScriptStagePlan } from '../../src/pipeline/index.js';

/** A stage that is one script. */
export function scriptStage(
  kind: 'computo' | 'filter',
  name: string,
  script: Json,
  options: ScriptPlan['options'] = {},
): ScriptStagePlan {
  return { kind, name, script: { script, options } };
}
