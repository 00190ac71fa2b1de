import type { OutputTake, PipelinePlan } from '../config/index.js';

/** As much of a pipeline's plan as is run here. But for its tables it is plain JSON data, so that it can be sent to a worker. */
export interface PipelineSpec extends Pick<PipelinePlan, 'name' | 'stages' | 'routingKey' | 'tables' | 'onError'> {
  readonly outputs: readonly OutputTake[];
}
