import type { OutputTake, PipelinePlan } from '../config/index.js';

/** The part of a pipeline's plan that is run here. Plain JSON data except for its tables, so that it can be sent to a worker. */
export interface PipelineSpec extends Pick<PipelinePlan, 'name' | 'stages' | 'routingKey' | 'tables' | 'onError'> {
  readonly outputs: readonly OutputTake[];
}
