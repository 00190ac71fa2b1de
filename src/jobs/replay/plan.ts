import type { LoadedConfig } from '../../config/index.js';
import type { OutputTarget } from '../outputs/target.js';
import type { PipelineServePlan } from '../serve-plan.js';
import type { FilterStages } from '../../pipeline/index.js';

/** What a replay is to do: the flags and the config as they are meant. */
export interface ReplayPlan {
  readonly config: LoadedConfig;
  readonly logFolder: string;
  readonly stateFolder: string;
  readonly choice: EventChoice;
  readonly way: ReplayWay;
  /** Where failed events go, but with `toOutputs`; undefined: to standard error. */
  readonly deadLetter: string | undefined;
  readonly limit: number | undefined;
  readonly live: boolean;
  /** US dollars. */
  readonly maxCost?: string;
}

/** Which stored events. Times in milliseconds since the epoch. */
export interface EventChoice {
  readonly since: number;
  readonly until: number | undefined;
  readonly fromId: string | undefined;
  readonly from: 'log' | 'dead-letters';
}

/** What becomes of them. */
export type ReplayWay =
  /** They are written as they are. */
  | {
      readonly kind: 'raw';
      /** Only events sent to this pipeline. */
      readonly pipeline: string | undefined;
      readonly filters: FilterStages;
      readonly output: OutputTarget;
      readonly limits: { readonly depthMax: number; readonly lineBytesMax: number };
    }
  /** Each goes through a pipeline: its own, or one for all. */
  | {
      readonly kind: 'pipelines';
      readonly pipelines: readonly PipelineServePlan[];
      readonly through: 'own' | 'one';
      readonly output: OutputTarget;
    }
  /** Each goes through its pipeline, and to that pipeline's own outputs. */
  | { readonly kind: 'to-outputs'; readonly pipelines: readonly PipelineServePlan[]; readonly through: 'own' | 'one' };
