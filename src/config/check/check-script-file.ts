import { byPlace, ConfigError, type Diagnostic } from '../diagnostic/index.js';
import type { ScriptOptions } from '../plan/pipeline-plan.js';
import { checkScript, loadScriptFile } from '../script/index.js';

/**
 * Everything that can be found wrong with a script file without running it, in the order of places.
 *
 * @param file absolute path
 */
export async function checkScriptFile(file: string, options: ScriptOptions): Promise<readonly Diagnostic[]> {
  try {
    return checkScript(await loadScriptFile(file), options).sort(byPlace);
  } catch (error) {
    if (error instanceof ConfigError) return error.diagnostics;
    throw error;
  }
}
