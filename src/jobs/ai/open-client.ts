import { isAbsolute } from 'node:path';
import {
  createAiClient,
  openTracing,
  storesExist,
  type AiClient,
  type AiClientOptions,
  type AiWorld,
  type BudgetOptions,
  type CallHooks,
  type LaneOptions,
  type StoreLocation,
} from '../../ai/index.js';
import type { KeyRing } from '../../crypt/index.js';
import { stateDirectory, stateNotice, useSection, type LoadedConfig } from '../../config/index.js';
import { isAiStage, type PipelineSpec } from '../../pipeline/index.js';
import { JobError } from '../job-error.js';
import { openKeys } from '../keys.js';
import { providerSetup } from './provider-setup.js';
import { inStoreFolder } from './in-store-folder.js';

/** The journal, ledger and budget that several machines share. */
export interface SharedBooks {
  readonly store: StoreLocation;
  /** Whether a process of another machine is known to be gone. */
  readonly isGone: (owner: string) => boolean;
}

/** What to do about a batch that the config can't fetch. */
export const STRAY_HINT =
  'put the provider and its key back as they were until that is fetched, or give it up: colloquium journal batches --forget ID';

/** What stands in for providers and time while a pipeline is tested. */
export interface Rehearsal extends Pick<LaneOptions, 'standIn'> {
  readonly world: AiWorld;
  /** Whether requests are sent all the same: with real keys, and booked with all others. */
  readonly sends: boolean;
}

/** How the AI stages of some pipelines are served. */
export interface AiPlan {
  readonly config: LoadedConfig;
  readonly pipelines: readonly {
    readonly spec: PipelineSpec;
    /** US dollars a day, as decimal text. */
    readonly budget: string | undefined;
  }[];
  /** Names of providers that are needed besides those of the pipelines. */
  readonly providers?: readonly string[];
  /** Whether to ask providers again, whatever the journal holds. */
  readonly live: boolean;
  /** The number of calls in flight; undefined: derived from the providers' limits. */
  readonly concurrency?: number;
  /** The most US dollars that all calls together may cost, as decimal text. */
  readonly maxCost?: string;
  /** Of several clients that share that limit. Default: one client alone. */
  readonly runId?: string | undefined;
  /** Why nothing more may be sent. Default: all may. */
  readonly spent?: string | undefined;
  /** What to do about batches of these pipelines that can't be fetched with this config. Default: tell. */
  readonly strays?: 'tell' | 'stop' | 'leave';
  /** Notified of the calls. */
  readonly hooks?: CallHooks;
  /** When to ask again providers that reject every request. Undefined: not in this run. */
  readonly probeDown?: AiClientOptions['probeDown'];
  /** What stands in for providers and time; undefined: nothing does. */
  readonly rehearsal?: Rehearsal | undefined;
  /** Undefined: those in the state folder are used. */
  readonly books?: SharedBooks | undefined;
}

/**
 * Opens one AI client for all pipelines.
 *
 * @param tell receives notices for the user
 * @param readOnly whether nothing will be sent: then no state is created if there is none
 * @throws ConfigError when a variable that a provider needs is not set; JobError when the state folder can't be used
 */
export async function openAi(plan: AiPlan, tell: (message: string) => void, readOnly = false): Promise<AiClient> {
  const { config, pipelines, hooks, probeDown, books, rehearsal } = plan;
  const isUnsent = rehearsal?.sends === false;
  const journal = useSection(config, 'journal');
  const folder = stateDirectory(config);
  // What is not sent is not kept.
  const keys = isUnsent ? undefined : await openKeys(config);
  const shared = books === undefined && !isUnsent ? stateNotice(config) : undefined;
  if (shared !== undefined) tell(shared);
  const providers = new Set([...pipelines.flatMap(({ spec }) => providersOf(spec)), ...(plan.providers ?? [])]);
  const options: AiClientOptions = {
    providers: await Promise.all(
      [...providers].map(async (name) => ({
        ...(await providerSetup(config, name, isUnsent ? 'test' : readOnly ? 'look' : 'send')),
        ...(rehearsal && { standIn: rehearsal.standIn }),
      })),
    ),
    store: isUnsent
      ? { kind: 'memory' }
      : (books?.store ?? (readOnly ? locationOf(folder, keys) : { kind: 'lmdb', folder, keys })),
    isGone: books?.isGone,
    budget: budgetOf(plan),
    // A recording neither takes the answers of real runs nor gives them any.
    journal: {
      ttlMs: journal.ttl,
      bytesMax: journal.max_size,
      store: journal.store,
      isApart: rehearsal !== undefined,
    },
    providerWaitMs: useSection(config, 'provider_wait'),
    probeDown,
    onNotice: ({ message }) => tell(message),
    hooks,
    ...(!readOnly && !isUnsent && { observer: tracing(config, tell) }),
  };
  const client = await inStoreFolder(folder, () => createAiClient(options, rehearsal?.world));
  if (!readOnly && !isUnsent && plan.strays !== 'leave')
    for await (const stray of client.batches.strays(pipelines.map(({ spec }) => spec.name))) {
      if (plan.strays !== 'stop') {
        tell(`${stray}: its requests would be paid for again`);
        continue;
      }
      await client.close();
      throw new JobError(`stopped: ${stray}: its requests would be paid for again`, 'stopped', STRAY_HINT);
    }
  return client;
}

/** Without a config file, nobody has said that programs in this folder are trusted. */
function tracing({ env, file, directory }: LoadedConfig, warn: (message: string) => void): AiClientOptions['observer'] {
  return openTracing({ env, folder: isAbsolute(file) ? directory : undefined, warn });
}

/** The providers that any of a pipeline's stages may ask. */
export function providersOf(pipeline: PipelineSpec): readonly string[] {
  return [...new Set(pipeline.stages.filter(isAiStage).flatMap(({ providers }) => providers))];
}

function budgetOf({ config, pipelines, maxCost, runId, spent }: AiPlan): BudgetOptions {
  const costs = useSection(config, 'cost_management');
  const budgets = pipelines.flatMap(({ spec, budget }) => (budget === undefined ? [] : [[spec.name, budget] as const]));
  return {
    daily: costs.daily_budget,
    pipelines: Object.fromEntries(budgets),
    run: maxCost,
    runId,
    spent,
    alertThreshold: costs.alert_threshold,
    timeZone: costs.timezone,
    whenSpent: costs.auto_stop_on_budget ? 'stop' : 'wait',
  };
}

/** The stores for a look: those in the folder, or, if there are none, temporary ones in memory. */
export function locationOf(folder: string, keys: KeyRing | undefined): StoreLocation {
  const kept: StoreLocation = { kind: 'lmdb', folder, keys };
  return storesExist(kept) ? kept : { kind: 'memory' };
}
