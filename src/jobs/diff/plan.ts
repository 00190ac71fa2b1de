import type { LoadedConfig } from '../../config/index.js';
import type { PipelineServePlan } from '../serve-plan.js';
import type { ReplayPlan } from '../replay/plan.js';

/** The plan of a comparison: stored events, and what two sides make of them. */
export interface DiffPlan {
  /** The events, and how they are asked for. Its `way` is that of the new side. */
  readonly replay: ReplayPlan & { readonly way: Extract<ReplayPlan['way'], { kind: 'pipelines' }> };
  /** What the new side is compared with: what its outputs hold, or what other pipelines make of the events. */
  readonly before: { readonly kind: 'outputs' } | BeforePipelines;
  /** How many events are compared, spread over all that are chosen. Undefined: all. */
  readonly sample: number | undefined;
}

export interface BeforePipelines {
  readonly kind: 'pipelines';
  readonly config: LoadedConfig;
  /** By the name of the new side's pipeline. */
  readonly pipelines: ReadonlyMap<string, PipelineServePlan>;
}
