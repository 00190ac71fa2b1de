import type { ConfigFlags } from '../flags/find-config.js';
import type { TableFlag } from '../flags/table-option.js';

/** The format options of the one output that does not come from the config. */
export type OutputFlags = Pick<
  RunFlags,
  'output' | 'envelope' | 'out' | 'columns' | 'rawOutput' | 'rotate' | 'follow' | 'resume' | 'resume=force' | 'restart'
>;

/** The options of `run` as they were typed, each already parsed to its own type. */
export interface RunFlags extends ConfigFlags {
  readonly eval?: string;
  readonly script?: string;
  /** In the order in which they were typed. */
  readonly filter?: readonly string[];
  readonly explode?: string;
  readonly sampleRate?: number;
  readonly dedupe?: string;
  readonly countBy?: string;
  readonly table?: readonly TableFlag[];
  readonly pipeline?: string;
  /** What to ask of an AI provider, and how. */
  readonly prompt?: string;
  readonly model?: string;
  readonly system?: string;
  readonly schema?: string;
  readonly into?: string;
  readonly maxTokens?: number;
  readonly baseUrl?: string;
  readonly apiKeyEnv?: string;
  /** The format of the inputs. */
  readonly in?: string;
  /** The pattern of lines that begin a record. */
  readonly start?: string;
  readonly output?: string;
  /** The format of the output, and its columns. */
  readonly out?: string;
  readonly columns?: readonly string[];
  readonly rawOutput?: true;
  readonly rotate?: number;
  readonly envelope?: true;
  readonly deadLetter?: string;
  readonly strict?: true;
  readonly limit?: number;
  readonly follow?: true;
  readonly resume?: true;
  readonly 'resume=force'?: true;
  readonly restart?: true;
  readonly workers?: number;
  readonly concurrency?: number;
  readonly unordered?: true;
  readonly maxCost?: string;
  readonly live?: true;
  readonly lane?: 'live' | 'batch' | 'auto';
  /** Milliseconds. */
  readonly deadline?: number;
  readonly minBatch?: number;
  readonly maxBatch?: number;
  readonly dryRun?: true;
  readonly sample?: number;
  readonly trace?: true;
  readonly stats: 'text' | 'json';
  readonly progress: boolean;
  readonly quiet?: true;
}
