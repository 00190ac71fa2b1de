import {
  createAiClient,
  storesExist,
  type AiClient,
  type AiClientOptions,
  type BudgetOptions,
  type CallHooks,
  type Notice,
  type StoreLocation,
} from '../../ai/index.js';
import { stateDirectory, useSection, type LoadedConfig } from '../../config/index.js';
import { providerSetup } from './provider-setup.js';
import { inStoreFolder } from './in-store-folder.js';

/** Journal, ledger and budget that several machines share. */
export interface SharedBooks {
  readonly store: StoreLocation;
  /** Whether a process of another machine is known to be gone. */
  readonly isGone: (owner: string) => boolean;
}

export interface ClientNeeds {
  /** The providers that any of its stages may ask. */
  readonly providers: readonly string[];
  /** Budgets of pipelines, in US dollars a day, by name. */
  readonly pipelineBudgets: Readonly<Record<string, string>>;
  /** Most that this run may cost, in US dollars. */
  readonly maxCost?: string;
  readonly onNotice: (notice: Notice) => void;
  readonly hooks?: CallHooks;
  /** Nothing will be sent: where no state is kept, none is made. */
  readonly forLook?: true;
  /** As the client takes it. */
  readonly probeDown?: AiClientOptions['probeDown'];
  /** Instead of the state folder. */
  readonly books?: SharedBooks;
}

/**
 * The AI client that a config describes.
 *
 * @throws ConfigError when a variable that a provider needs is not set; JobError when the state folder can't be used
 */
export function openClient(config: LoadedConfig, needs: ClientNeeds): Promise<AiClient> {
  const journal = useSection(config, 'journal');
  const folder = stateDirectory(config);
  const options: AiClientOptions = {
    providers: needs.providers.map((name) => providerSetup(config, name)),
    store: needs.books?.store ?? (needs.forLook === true ? locationOf(folder) : { kind: 'lmdb', folder }),
    isGone: needs.books?.isGone,
    budget: budgetOf(config, needs),
    journal: { ttlMs: journal.ttl, bytesMax: journal.max_size, store: journal.store },
    providerWaitMs: useSection(config, 'provider_wait'),
    probeDown: needs.probeDown,
    onNotice: needs.onNotice,
    hooks: needs.hooks,
  };
  return inStoreFolder(folder, () => createAiClient(options));
}

function budgetOf(config: LoadedConfig, { pipelineBudgets, maxCost }: ClientNeeds): BudgetOptions {
  const costs = useSection(config, 'cost_management');
  return {
    daily: costs.daily_budget,
    pipelines: pipelineBudgets,
    run: maxCost,
    alertThreshold: costs.alert_threshold,
    timeZone: costs.timezone,
    whenSpent: costs.auto_stop_on_budget ? 'stop' : 'wait',
  };
}

/** For a look: the folder, or if there is none a memory that is forgotten. */
export function locationOf(folder: string): StoreLocation {
  const kept: StoreLocation = { kind: 'lmdb', folder };
  return storesExist(kept) ? kept : { kind: 'memory' };
}
