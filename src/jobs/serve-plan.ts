import type { SourcePlan } from '../config/kinds/index.js';
import { fileOf } from '../sinks/kinds/index.js';
import type { Config, FilePlan, LoadedConfig, OutputPlan } from '../config/index.js';
import type { LogOptions } from '../log/index.js';
import type { BlockOptions, PipelineSpec } from '../pipeline/index.js';
import type { FleetPlan } from './fleet-plan.js';
import type { AccessRules, KnownToken, ServerPlan, AlertSignals } from '../server/index.js';

/** The daemon's plan: flags and config, resolved. */
export interface ServePlan {
  readonly config: LoadedConfig;
  readonly listen: ListenPlan;
  readonly settings: ServerPlan;
  readonly access: AccessPlan;
  readonly log: LogOptions;
  readonly alerts: AlertsPlan;
  readonly logging: Config['logging'];
  readonly retention: RetentionPlan;
  /** In bytes; with less free space, the log's disk counts as nearly full. */
  readonly freeBytesMin: number;
  readonly pipelines: readonly PipelineServePlan[];
  readonly sources: readonly SourcePlan[];
  /** The longest line of those sources, in bytes. */
  readonly lineBytesMax: number;
  /** Threads that process events, over all pipelines, 1 or more: the daemon's own thread processes none. */
  readonly workers: number;
  /** The time after which an event in work is given up. */
  readonly eventTimeoutMs: number;
  readonly stateFolder: string;
  /** Whether pipelines that have lost their checkpoint may process all their events again. */
  readonly fromScratch: boolean;
  /** How long the daemon may take to end before calls are cut off. */
  readonly drainMs: number;
  /** Undefined: no pipeline has an AI stage. */
  readonly ai: AiSettings | undefined;
  /** The settings of the connection to NATS, to compare; undefined: nothing needs NATS. */
  readonly nats: unknown;
  /** Undefined: the daemon works alone. */
  readonly fleet: FleetPlan | undefined;
}

/** What calls depend on besides their pipelines. With other settings, the AI client is opened anew. */
export interface AiSettings {
  /** The sections and providers in use, with digests in place of keys: only compared. */
  readonly values: unknown;
  /** Why keys can't be read. The daemon starts without them, and takes over no config that loses one. */
  readonly unreadable: readonly string[];
}

export interface ListenPlan {
  readonly host: string;
  readonly port: number;
  readonly trustedProxies: readonly string[];
  /** Paths of PEM files. */
  readonly tls?: { readonly cert: string; readonly key: string };
}

export interface AccessPlan {
  /** Whether anybody has access as long as there are no tokens. */
  readonly openness: AccessRules['open'];
  /** The tokens in the config. */
  readonly tokens: readonly KnownToken[];
}

export interface AlertsPlan {
  readonly rules: readonly AlertPlan[];
  /** A URL, which may contain a secret. */
  readonly webhook?: string;
}

export interface AlertPlan {
  readonly name: string;
  readonly signal: keyof AlertSignals;
  readonly above: number;
  readonly clearAt: number;
  readonly forMs: number;
}

export interface RetentionPlan {
  readonly ms: number;
  readonly bytesMax?: number;
}

/** A pipeline with everything that it writes to. */
export interface PipelineServePlan {
  readonly spec: PipelineSpec;
  /** One for each output of the spec. */
  readonly outputs: readonly OutputPlan[];
  /** Undefined: failed events go to standard error. */
  readonly deadLetter: FilePlan | undefined;
  readonly block: Omit<BlockOptions, 'pipeline'>;
  /** US dollars a day, as decimal text. */
  readonly budget: string | undefined;
  /** The files that contain its scripts. */
  readonly scriptFiles: readonly string[];
}

/** The files that a pipeline writes to; that of the dead letters comes last. */
export function outputFiles({ outputs, deadLetter }: Pick<PipelineServePlan, 'outputs' | 'deadLetter'>): string[] {
  const files = outputs.flatMap((output) => fileOf(output)?.file ?? []);
  return deadLetter === undefined ? files : [...files, deadLetter.file];
}
