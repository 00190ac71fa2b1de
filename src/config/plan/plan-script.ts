import { ConfigError, hasErrors, type Diagnostic } from '../diagnostic/index.js';
import type { LoadedConfig } from '../load/load-config.js';
import { checkScript, scriptPlan, type ScriptSource } from '../script/index.js';
import type { ScriptOptions, ScriptPlan } from './pipeline-plan.js';
import type { ScriptTables } from '../script/index.js';
import { knownSecrets, secretsFor } from './script-secrets.js';

/**
 * Plans a script, with its options and the secrets that it names. Fails if anything in the script is certain to fail; reads its
 * tables.
 *
 * @param options the options of the config
 * @param tables the tables that the script may name; absent: there are none
 * @throws ConfigError with all errors
 */
export async function planScript(
  source: ScriptSource,
  options: ScriptOptions,
  config: LoadedConfig,
  tables?: ScriptTables,
): Promise<{ readonly plan: ScriptPlan; readonly warnings: readonly Diagnostic[] }> {
  const findings = checkScript(source, { ...options, ...knownSecrets(config), ...tables?.known });
  if (hasErrors(findings)) throw new ConfigError(findings);
  await tables?.openFor(source.script);
  const secrets = await secretsFor(source.script, config);
  return { plan: scriptPlan(source, { ...options, ...secrets }), warnings: findings };
}
