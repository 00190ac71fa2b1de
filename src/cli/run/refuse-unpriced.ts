import type { LoadedConfig, PipelinePlan } from '../../config/index.js';
import { ConfigError } from '../../config/diagnostic/index.js';
import { EXIT } from '../exit/exit-codes.js';
import { UserError } from '../exit/user-error.js';
import type { RunFlags } from './flags.js';

/**
 * With a budget, a model without a known price would fail every row, so it stops the run before the first.
 *
 * @throws ConfigError (`unpriced-model`); UserError where flags name the model's server
 */
export async function refuseUnpriced(
  config: LoadedConfig,
  { name, budget }: PipelinePlan,
  { maxCost, baseUrl, apiKeyEnv, model = '' }: RunFlags,
): Promise<void> {
  const { unpricedModelsOf, useSection } = await import('../../config/index.js');
  const limits = [maxCost, budget, useSection(config, 'cost_management').daily_budget];
  if (limits.every((limit) => limit === undefined)) return;
  const { lookWithPrices } = await import('../check/price-judge.js');
  const findings = await lookWithPrices((isPriced) => unpricedModelsOf(config, name, isPriced));
  if (findings.length === 0) return;
  if (baseUrl === undefined) throw new ConfigError(findings);
  const key = apiKeyEnv === undefined ? '' : `, api_key: "\${${apiKeyEnv}}"`;
  const line = `ai_providers: { own: { kind: openai-compatible, base_url: ${JSON.stringify(baseUrl)}${key}, cost_per_token: { input: 0.0000001, output: 0.0000004 } } }`;
  const limit = maxCost === undefined ? 'the budget of the config' : '--max-cost';
  throw new UserError(
    `--base-url: no price is known for model ${JSON.stringify(model)} of this server, and there is a budget to keep`,
    EXIT.invalid,
    `where the server costs nothing, leave out ${limit}; else leave out --base-url, and name the server with its prices, in US dollars per token, in colloquium.yaml: ${line}`,
  );
}
