import { isAbsolute } from 'node:path';
import {
  createAiClient,
  openTracing,
  storesExist,
  type AiClient,
  type AiClientOptions,
  type BudgetOptions,
  type CallHooks,
  type StoreLocation,
} from '../../ai/index.js';
import { stateDirectory, stateNotice, useSection, type LoadedConfig } from '../../config/index.js';
import { isAiStage, type PipelineSpec } from '../../pipeline/index.js';
import { providerSetup } from './provider-setup.js';
import { inStoreFolder } from './in-store-folder.js';

/** Journal, ledger and budget that several machines share. */
export interface SharedBooks {
  readonly store: StoreLocation;
  /** Whether a process of another machine is known to be gone. */
  readonly isGone: (owner: string) => boolean;
}

/** How the AI stages of some pipelines are served. */
export interface AiPlan {
  readonly config: LoadedConfig;
  readonly pipelines: readonly {
    readonly spec: PipelineSpec;
    /** US dollars a day, as decimal text. */
    readonly budget: string | undefined;
  }[];
  /** Ask providers anew, whatever the journal holds. */
  readonly live: boolean;
  /** Calls in flight; undefined: by the providers' limits. */
  readonly concurrency?: number;
  /** US dollars that all calls may cost together, as decimal text. */
  readonly maxCost?: string;
  /** Told of the calls. */
  readonly hooks?: CallHooks;
  /** When providers are asked again that refuse everybody. Undefined: not in this run. */
  readonly probeDown?: AiClientOptions['probeDown'];
  /** Undefined: the state folder has them. */
  readonly books?: SharedBooks | undefined;
}

/**
 * Opens one AI client for all pipelines.
 *
 * @param tell a notice for a person
 * @param forLook nothing will be sent: where no state is kept, none is made
 * @throws ConfigError when a variable that a provider needs is not set; JobError when the state folder can't be used
 */
export async function openAi(plan: AiPlan, tell: (message: string) => void, forLook = false): Promise<AiClient> {
  const { config, pipelines, hooks, probeDown, books } = plan;
  const journal = useSection(config, 'journal');
  const folder = stateDirectory(config);
  const shared = books === undefined ? stateNotice(config) : undefined;
  if (shared !== undefined) tell(shared);
  const providers = new Set(pipelines.flatMap(({ spec }) => providersOf(spec)));
  const options: AiClientOptions = {
    providers: await Promise.all([...providers].map((name) => providerSetup(config, name, forLook))),
    store: books?.store ?? (forLook ? locationOf(folder) : { kind: 'lmdb', folder }),
    isGone: books?.isGone,
    budget: budgetOf(plan),
    journal: { ttlMs: journal.ttl, bytesMax: journal.max_size, store: journal.store },
    providerWaitMs: useSection(config, 'provider_wait'),
    probeDown,
    onNotice: ({ message }) => tell(message),
    hooks,
    ...(!forLook && { observer: tracing(config, tell) }),
  };
  return await inStoreFolder(folder, () => createAiClient(options));
}

/** Where there is no config file, nobody has said that programs of this folder are trusted. */
function tracing({ env, file, directory }: LoadedConfig, warn: (message: string) => void): AiClientOptions['observer'] {
  return openTracing({ env, folder: isAbsolute(file) ? directory : undefined, warn });
}

/** The providers that any of a pipeline's stages may ask. */
export function providersOf(pipeline: PipelineSpec): readonly string[] {
  return [...new Set(pipeline.stages.filter(isAiStage).flatMap(({ providers }) => providers))];
}

function budgetOf({ config, pipelines, maxCost }: AiPlan): BudgetOptions {
  const costs = useSection(config, 'cost_management');
  const budgets = pipelines.flatMap(({ spec, budget }) => (budget === undefined ? [] : [[spec.name, budget] as const]));
  return {
    daily: costs.daily_budget,
    pipelines: Object.fromEntries(budgets),
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
