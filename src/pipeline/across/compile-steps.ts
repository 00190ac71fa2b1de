import type { StagePlan } from '../../config/index.js';
import { compileAcross, compileStage, isAcrossStage, type ScriptContext } from '../stages/index.js';
import type { PipelineState } from './state-table.js';
import type { Step } from './steps.js';

/**
 * Compiles stages none of which calls AI providers.
 *
 * @param state of the whole pipeline
 * @param before how many stages stand before them: what a stage knows is kept by its place
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
  return stages.map((stage, index) =>
    isAcrossStage(stage)
      ? compileAcross(stage, {
          scripts,
          state: (name, codec) => state.table(`${before + index + 1}.${name}`, codec),
        })
      : compileStage(stage, scripts),
  );
}
