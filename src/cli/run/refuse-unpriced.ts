import type { LoadedConfig, PipelinePlan } from '../../config/index.js';
import { ConfigError } from '../../config/diagnostic/index.js';
import type { RunFlags } from './flags.js';

/**
 * With a budget, a model without a known price would fail every row, so it stops the run before the first.
 *
 * @throws ConfigError (`unpriced-model`)
 */
export async function refuseUnpriced(
  config: LoadedConfig,
  { name, budget }: PipelinePlan,
  { maxCost, baseUrl }: RunFlags,
): Promise<void> {
  const { unpricedModelsOf, useSection } = await import('../../config/index.js');
  const limits = [maxCost, budget, useSection(config, 'cost_management').daily_budget];
  if (limits.every((limit) => limit === undefined)) return;
  const { lookWithPrices } = await import('../check/price-judge.js');
  const findings = await lookWithPrices((isPriced) => unpricedModelsOf(config, name, isPriced));
  if (findings.length === 0) return;
  if (baseUrl === undefined) throw new ConfigError(findings);
  const hint =
    'run without a budget; or name the server in a config, under ai_providers, with cost_per_token: { input: 0, output: 0 } where it costs nothing';
  throw new ConfigError(findings.map((finding) => ({ ...finding, hint })));
}
