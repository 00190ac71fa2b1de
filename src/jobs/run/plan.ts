import type { KeyRing } from '../../crypt/index.js';
import type { BatchPlan, BlockOptions, PipelineSpec } from '../../pipeline/index.js';
import type { InputFormat } from '../../sources/index.js';
import type { AiPlan } from '../ai/open-client.js';
import type { Targets } from '../outputs/target.js';

/** The plan of a run: flags and config, resolved, with nothing left as it was typed. */
export interface RunPlan extends Targets {
  /** Paths as given; `-` is stdin. Never empty. */
  readonly inputs: readonly string[];
  /** The formats of inputs that are not lines of JSON. */
  readonly formats: ReadonlyMap<string, InputFormat>;
  readonly follow: boolean;
  /** The number of input events after which the run ends. */
  readonly limit?: number;
  readonly pipeline: PipelineSpec;
  readonly block: Omit<BlockOptions, 'pipeline'>;
  readonly threads: ThreadPlan;
  /** Whether results are written as soon as they are ready. */
  readonly unordered: boolean;
  /** What the AI stages need, if there are any. */
  readonly ai?: AiRun;
  /** The files that the run depends on, and may not overwrite. */
  readonly ownFiles: readonly OwnFile[];
  /** The folder of the files' checkpoints, locks and manifests. */
  readonly stateFolder: string;
  /** With which what is kept there is encrypted. */
  readonly keys?: KeyRing | undefined;
  /** Absent if the run keeps no checkpoint. */
  readonly resume?: ResumePlan;
}

export interface AiRun extends Pick<AiPlan, 'config' | 'maxCost' | 'runId' | 'spent' | 'concurrency' | 'live'> {
  /** US dollars a day for the pipeline, as decimal text. */
  readonly budget?: string;
  /** The stages whose requests go in batches first, by name. Absent: none. */
  readonly batches?: ReadonlyMap<string, BatchPlan>;
}

export interface ResumePlan {
  /** Continue where the last run stopped if nothing has changed; continue whatever has changed; or start from the beginning. */
  readonly how: 'if-unchanged' | 'force' | 'restart';
  /** The command that continues the run. */
  readonly command: string;
}

/** A file that a run reads besides its inputs. */
export interface OwnFile {
  readonly path: string;
  /** Its name in messages: `the config`. */
  readonly what: string;
}

/** The number of threads that may process events, including this one. */
export interface ThreadPlan {
  readonly count: number;
  /** Whether the user asked for threads: then they are started whatever the input. */
  readonly asked: boolean;
}
