import type { ScriptOptions, ScriptPlan } from '../plan/pipeline-plan.js';
import { inDialectOf } from './check-script.js';
import type { ScriptSource } from './script-source.js';

/**
 * The plan to run a script.
 *
 * @param options the options of the config, with the secrets that the script names
 */
export function scriptPlan(source: ScriptSource, options: ScriptOptions): ScriptPlan {
  const { script, text } = source;
  return {
    script,
    options: inDialectOf(source, options),
    ...(text && { text: { text: text.text, spans: text.spans } }),
  };
}
