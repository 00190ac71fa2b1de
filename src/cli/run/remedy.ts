import { basename } from 'node:path';
import { keySources, type LoadedConfig } from '../../config/index.js';
import type { PauseRemedy } from '../../pipeline/index.js';
import { PROVIDER_OF_FLAGS } from '../flags/provider-of-flags.js';

const BUDGETS = {
  run: '--max-cost',
  day: 'cost_management.daily_budget',
  pipeline: "the pipeline's budget",
} as const;

/**
 * Returns what to do before a paused command can go on, as an instruction.
 *
 * @param howToContinue what to do then
 */
export function remedyText(remedy: PauseRemedy, config: LoadedConfig, howToContinue: string): string {
  switch (remedy.kind) {
    case 'budget':
      return `raise ${BUDGETS[remedy.account]} to at least ${remedy.needed}, the worst case of this one call, and run it again; what was paid for is kept`;
    case 'keys':
      return `${remedy.providers.map((name) => keyText(config, name)).join('; ')} first; ${howToContinue}`;
  }
}

function keyText(config: LoadedConfig, provider: string): string {
  const { document } = config;
  const { setting, variables } = keySources(config, provider);
  const place = provider === PROVIDER_OF_FLAGS ? '--api-key-env' : `${setting} of ${basename(document.file)}`;
  const [variable, ...others] = variables;
  if (variable === undefined) return `give ${provider} a valid key with ${place}`;
  const named = [variable, ...others].join(', ');
  // Without providers in a config, the variables are all there is.
  return `mend the key in ${named}${document.vendors === true ? '' : ` (${place})`}`;
}
