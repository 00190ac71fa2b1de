import type { OutputTake, PipelinePlan } from '../config/index.js';

/** The part of a pipeline's plan that is run here. Plain JSON data except for its tables, so that it can be sent to a worker. */
export interface PipelineSpec extends Pick<PipelinePlan, 'name' | 'stages' | 'routingKey' | 'tables' | 'onError'> {
  readonly outputs: readonly OutputTake[];
  /**
   * The names of stages in front that choose events, and are not the pipeline's own: an event that fails there is left out. It is
   * counted as skipped, whatever `onError` says, and becomes no dead letter.
   */
  readonly choosing?: readonly string[];
}
