import type { StagePlan } from '../../config/index.js';
import { Kinds } from '../../config/kinds/index.js';
import type { AcrossParts, AcrossStage } from '../across/across-stage.js';
import type { AiCalls, AiStagePlan } from '../ai/ai-calls.js';
import { ai } from './ai.js';
import { aggregate } from './aggregate.js';
import { batch } from './batch.js';
import { computo } from './computo.js';
import { dedupe } from './dedupe.js';
import { embed } from './embed.js';
import { every } from './every.js';
import { explode } from './explode.js';
import { filter } from './filter.js';
import { fold } from './fold.js';
import type { AcrossKind, StageKind } from './kind.js';
import { sample } from './sample.js';
import type { ScriptContext } from './script.js';
import type { AiStage, Stage } from './stage.js';
import { throttle } from './throttle.js';

export { scriptMeaning, type LazyScript, type ScriptStagePlan } from './kind.js';
export { compileScript, programOf, type Script, type ScriptContext, type TraceOf } from './script.js';
export { FILTERED, type AiStage, type Stage } from './stage.js';

/** All kinds of stages. A new one is a file, and a name here. */
export const stageKinds = new Kinds<StageKind>([
  computo,
  filter,
  explode,
  sample,
  every,
  dedupe,
  throttle,
  fold,
  batch,
  aggregate,
  ai,
  embed,
]);

/** Whether a stage's events wait for the answers of AI providers. */
export function isAiStage(stage: StagePlan): stage is AiStagePlan {
  return stageKinds.of(stage).callsAt !== undefined;
}

/** Whether a stage looks across events. */
export function isAcrossStage(stage: StagePlan): boolean {
  return stageKinds.of(stage).across !== undefined;
}

/** Whether a stage's effect on an event depends on earlier events. */
export function keepsState(stage: StagePlan): boolean {
  return stageKinds.of(stage).across === 'state';
}

/** Whether a stage uses the time at which its events came in. */
export function goesByArrival(stage: StagePlan): boolean {
  const kind = stageKinds.of(stage);
  return kind.across !== undefined && kind.goesByArrival?.(stage) === true;
}

/** Whether a stage holds events until time releases them. */
export function waitsForTime(stage: StagePlan): boolean {
  const kind = stageKinds.of(stage);
  return kind.across !== undefined && kind.waitsForTime?.(stage) === true;
}

/** The setting that limits what a stage remembers of earlier events: if it is greater, the stage remembers more. */
export function forgetsAt(stage: StagePlan): string {
  const kind = stageKinds.of(stage);
  return (kind.across === undefined ? undefined : kind.forgetsAt) ?? 'max_keys';
}

/** Whether dead letters can be retried through a stage by themselves. */
export function takesLetters(stage: StagePlan): boolean {
  const { across, takesLetters: takes = across !== 'state' } = stageKinds.of(stage) as Partial<
    AcrossKind<unknown, StagePlan>
  >;
  return takes;
}

/**
 * @param state where the stage keeps its state
 * @throws ComputoError when a script can't be compiled
 */
export function compileAcross(stage: StagePlan, parts: AcrossParts): AcrossStage {
  const kind = stageKinds.of(stage);
  if (kind.across === undefined) throw new TypeError(`stage ${stage.name} does not look across events`);
  return kind.compile(stage, parts);
}

/**
 * @throws ComputoError when a script can't be compiled
 * @throws TypeError for a stage that calls AI providers, or looks across events
 */
export function compileStage(stage: StagePlan, context: ScriptContext): Stage {
  const kind = stageKinds.of(stage);
  if (kind.callsAt !== undefined) throw new TypeError(`stage ${stage.name} is asynchronous`);
  if (kind.across !== undefined) throw new TypeError(`stage ${stage.name} looks across events`);
  return kind.compile(stage, context);
}

/** Like {@link compileStage}, and also compiles stages that call AI providers, through these calls. */
export function compileStep(stage: StagePlan, calls: AiCalls, context: ScriptContext): Stage | AiStage {
  const kind = stageKinds.of(stage);
  return kind.callsAt === undefined || !isAiStage(stage)
    ? compileStage(stage, context)
    : kind.compile(stage, calls, context);
}
