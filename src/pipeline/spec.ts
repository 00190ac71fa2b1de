import type { OutputTake, PipelinePlan } from '../config/index.js';

/** As much of a pipeline's plan as is run here. Plain JSON data, so that it can be sent to a worker thread. */
export interface PipelineSpec extends Pick<PipelinePlan, 'name' | 'stages' | 'routingKey' | 'onError'> {
  readonly outputs: readonly OutputTake[];
}
