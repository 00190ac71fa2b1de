import type { LoadedConfig } from '../../config/index.js';
import type { OutputTarget } from '../outputs/target.js';
import type { PipelineServePlan } from '../serve-plan.js';
import type { FilterStages } from '../../pipeline/index.js';

/** The plan of a replay: flags and config, resolved. */
export interface ReplayPlan {
  readonly config: LoadedConfig;
  readonly logFolder: string;
  readonly stateFolder: string;
  readonly choice: EventChoice;
  readonly way: ReplayWay;
  /** Where failed events go, except with `toOutputs`; undefined: to standard error. */
  readonly deadLetter: string | undefined;
  readonly limit: number | undefined;
  readonly live: boolean;
  /** US dollars. */
  readonly maxCost?: string;
}

/** Selects stored events. Times are in milliseconds since the epoch. */
export interface EventChoice {
  readonly since: number;
  readonly until: number | undefined;
  readonly fromId: string | undefined;
  readonly from: 'log' | 'dead-letters';
}

/** Filters that choose among the events, and how large and deep these may be. */
export interface EventFilters {
  readonly filters: FilterStages;
  readonly limits: { readonly depthMax: number; readonly lineBytesMax: number };
}

/** What to do with the events. */
export type ReplayWay =
  /** Writes the events as they are. */
  | ({
      readonly kind: 'raw';
      /** Selects only events sent to this pipeline. */
      readonly pipeline: string | undefined;
      readonly output: OutputTarget;
    } & EventFilters)
  /** Sends each event through a pipeline: its own, or one for all. */
  | {
      readonly kind: 'pipelines';
      readonly pipelines: readonly PipelineServePlan[];
      readonly through: 'own' | 'one';
      readonly output: OutputTarget;
      /** What the pipelines' first stages are. */
      readonly chosenBy: EventFilters;
    }
  /** Sends each event through its pipeline, to that pipeline's own outputs. */
  | {
      readonly kind: 'to-outputs';
      readonly pipelines: readonly PipelineServePlan[];
      readonly through: 'own' | 'one';
      /** What the pipelines' first stages are. */
      readonly chosenBy?: EventFilters;
    };
