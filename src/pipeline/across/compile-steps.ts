import type { StagePlan } from '../../config/index.js';
import { compileAcross, compileStage, isAcrossStage, keepsState, type ScriptContext } from '../stages/index.js';
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
    scripts,
    before = 0,
  }: { readonly state: PipelineState; readonly scripts: ScriptContext; readonly before?: number },
): readonly Step[] {
  // What a stage knows is kept by its place among those that know something: others may come and go.
  const places = new Map(stages.filter(keepsState).map((stage, index) => [stage, before + index + 1]));
  return stages.map((stage) =>
    isAcrossStage(stage)
      ? compileAcross(stage, {
          scripts,
          state: (name, codec) => state.table(`${places.get(stage) ?? 0}.${name}`, codec),
        })
      : compileStage(stage, scripts),
  );
}
