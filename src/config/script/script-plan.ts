import type { ScriptOptions, ScriptPlan } from '../plan/pipeline-plan.js';
import { inDialectOf } from './check-script.js';
import type { ScriptSource } from './script-source.js';

/**
 * A script as it is run.
 *
 * @param options the config's, with the secrets that it names
 */
export function scriptPlan(source: ScriptSource, options: ScriptOptions): ScriptPlan {
  const { script, text } = source;
  return {
    script,
    options: inDialectOf(source, options),
    ...(text && { text: { text: text.text, spans: text.spans } }),
  };
}
