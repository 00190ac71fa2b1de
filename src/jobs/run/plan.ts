import type { LoadedConfig } from '../../config/index.js';
import type { BlockOptions, PipelineSpec } from '../../pipeline/index.js';
import type { InputFormat } from '../../sources/index.js';
import type { Targets } from '../outputs/target.js';

/** What a run is to do: the flags and the config as they are meant, nothing as it was typed. */
export interface RunPlan extends Targets {
  /** Paths as given; `-` is stdin. Never empty. */
  readonly inputs: readonly string[];
  /** Those that are not lines of JSON. */
  readonly formats: ReadonlyMap<string, InputFormat>;
  readonly follow: boolean;
  /** Input events after which it ends. */
  readonly limit?: number;
  readonly pipeline: PipelineSpec;
  readonly block: Omit<BlockOptions, 'pipeline'>;
  readonly threads: ThreadPlan;
  /** Results go out as they are done. */
  readonly unordered: boolean;
  /** What its AI stages need, if it has any. */
  readonly ai?: AiRun;
  /** What it goes by, and may not write over. */
  readonly ownFiles: readonly OwnFile[];
  /** Where checkpoints, locks and manifests of its files are kept. */
  readonly stateFolder: string;
  /** It keeps a checkpoint; absent: it keeps none. */
  readonly resume?: ResumePlan;
}

export interface AiRun {
  readonly config: LoadedConfig;
  /** US dollars a day for the pipeline. */
  readonly budget?: string;
  /** US dollars for this run. */
  readonly maxCost?: string;
  /** Calls in flight; undefined: by the providers' limits. */
  readonly concurrency?: number;
  /** Ask anew, whatever the journal holds. */
  readonly live: boolean;
}

export interface ResumePlan {
  /** On from the place where the last run stopped, if nothing has changed; whatever has changed; or from the start. */
  readonly how: 'if-unchanged' | 'force' | 'restart';
  /** The command that goes on with it. */
  readonly command: string;
}

/** A file that a run reads, besides its inputs. */
export interface OwnFile {
  readonly path: string;
  /** For people: `the config`. */
  readonly what: string;
}

/** Threads that may work on events, this one included. */
export interface ThreadPlan {
  readonly count: number;
  /** Somebody asked for them: they are started whatever the input. */
  readonly asked: boolean;
}
