import type { StagePlan } from '../../config/index.js';
import { Kinds } from '../../config/kinds/index.js';
import type { AiCalls, AiStagePlan } from '../ai/ai-calls.js';
import { ai } from './ai.js';
import { computo } from './computo.js';
import { filter } from './filter.js';
import type { StageKind } from './kind.js';
import type { ScriptContext } from './script.js';
import type { AiStage, Stage } from './stage.js';

export { scriptMeaning, type LazyScript, type ScriptStagePlan } from './kind.js';
export { compileScript, programOf, type Script, type ScriptContext, type TraceOf } from './script.js';
export { FILTERED, type AiStage, type Stage } from './stage.js';

/** Every kind of stage: a new one is a file, and a name here. */
export const stageKinds = new Kinds<StageKind>([computo, filter, ai]);

/** Whether the events of a stage wait for the answers of AI providers. */
export function isAiStage(stage: StagePlan): stage is AiStagePlan {
  return stageKinds.of(stage).callsAt !== undefined;
}

/**
 * @throws ComputoError when a script can't be compiled
 * @throws TypeError for a stage that calls AI providers
 */
export function compileStage(stage: StagePlan, context: ScriptContext): Stage {
  const kind = stageKinds.of(stage);
  if (kind.callsAt !== undefined) throw new TypeError(`stage ${stage.name} is asynchronous`);
  return kind.compile(stage, context);
}

/** As {@link compileStage}, and stages that call AI providers, through these calls. */
export function compileStep(stage: StagePlan, calls: AiCalls, context: ScriptContext): Stage | AiStage {
  const kind = stageKinds.of(stage);
  return kind.callsAt === undefined || !isAiStage(stage)
    ? compileStage(stage, context)
    : kind.compile(stage, calls, context);
}
