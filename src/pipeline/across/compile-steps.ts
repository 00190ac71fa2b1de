import type { StagePlan } from '../../config/index.js';
import { compileAcross, compileStage, isAcrossStage, keepsState } from '../stages/index.js';
import type { AcrossParts } from './across-stage.js';
import type { PipelineState } from './state-table.js';
import type { Step } from './steps.js';

/**
 * Compiles stages, none of which call AI providers.
 *
 * @param state of the whole pipeline
 * @param before how many stages with state precede them
 * @throws ComputoError when a script can't be compiled
 */
export function compileSteps(
  stages: readonly StagePlan[],
  {
    state,
    depthMax,
    scripts,
    before = 0,
  }: Pick<AcrossParts, 'depthMax' | 'scripts'> & { readonly state: PipelineState; readonly before?: number },
): readonly Step[] {
  const places = placesOf(stages);
  return stages.map((stage, at) =>
    isAcrossStage(stage)
      ? compileAcross(stage, {
          scripts,
          depthMax,
          state: (name, codec) => state.table(`${before + (places[at] ?? 0)}.${name}`, codec),
        })
      : compileStage(stage, scripts),
  );
}

/** Numbers the stages that keep state, from 1, because their state is stored by this number. Other stages get 0 and may come and go. */
export function placesOf(stages: readonly StagePlan[]): readonly number[] {
  let place = 0;
  return stages.map((stage) => (keepsState(stage) ? ++place : 0));
}
