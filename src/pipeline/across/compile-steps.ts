import type { StagePlan } from '../../config/index.js';
import { compileAcross, compileStage, isAcrossStage, keepsState } from '../stages/index.js';
import type { AcrossParts } from './across-stage.js';
import type { PipelineState } from './state-table.js';
import type { Step } from './steps.js';

/**
 * Compiles stages none of which calls AI providers.
 *
 * @param state of the whole pipeline
 * @param before how many stages that know something stand before them
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

/** What a stage knows is kept by its place among those that know something, from 1: others, whose place is 0, may come and go. */
export function placesOf(stages: readonly StagePlan[]): readonly number[] {
  let place = 0;
  return stages.map((stage) => (keepsState(stage) ? ++place : 0));
}
