import { keepsState, takesLetters, type PipelineSpec } from '../../pipeline/index.js';
import { JobError } from '../job-error.js';
import type { PipelineServePlan } from '../serve-plan.js';
import type { ReplayPlan } from './plan.js';

/**
 * Refuses stages with state, because the state belongs to the running pipeline. If stored events were sent to its outputs again,
 * or a few dead letters by themselves, a stage without knowledge of the other events would count them.
 *
 * @throws JobError when the results would differ from what a reader of the outputs expects
 */
export function refuseState(
  { choice }: Pick<ReplayPlan, 'choice'>,
  pipelines: readonly PipelineServePlan[],
  toOutputs: boolean,
): void {
  if (choice.from === 'log' && !toOutputs) return;
  for (const { spec } of pipelines) {
    const stage = spec.stages.find((one) => keepsState(one) && !(choice.from === 'dead-letters' && takesLetters(one)));
    if (stage === undefined) continue;
    const what = choice.from === 'dead-letters' ? 'the dead letters alone' : 'these events alone';
    throw new JobError(
      `pipeline ${spec.name}: its stage ${stage.name} looks across events, and would know ${what}`,
      'refused',
      choice.from === 'dead-letters'
        ? '--pipeline names another pipeline for them'
        : 'without --to-outputs the results of the replay go to one output of their own',
    );
  }
}

/** Whether an event's results are complete only at the end of the input. */
export function isOutAtEnd({ stages }: PipelineSpec): boolean {
  return stages.some(keepsState);
}
