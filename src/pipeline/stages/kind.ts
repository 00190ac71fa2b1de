import type { KeyPath, StageInConfig, StageMaker } from '../../config/kinds/index.js';
import type { ScriptPlan, StagePlan } from '../../config/index.js';
import type { AiCalls } from '../ai/ai-calls.js';
import type { AiStage, Stage } from './stage.js';
import type { ScriptContext } from './script.js';

/** All that there is to a kind of stage: how it is written, planned and checked, and how it runs. */
export type StageKind<Settings = unknown, Plan extends StagePlan = StagePlan> =
  PlainKind<Settings, Plan> | CallingKind<Settings, Plan>;

interface AnyKind<Settings, Plan extends StagePlan> extends Omit<StageInConfig<Settings>, 'callsAt'> {
  plan(settings: Settings, make: StageMaker): Promise<Plan | undefined>;
  /** What shapes its results: another run goes on with them only where this is the same. Undefined counts as null. */
  meaning(plan: Plan): readonly unknown[];
}

/** Its events wait for nothing. */
export interface PlainKind<Settings, Plan extends StagePlan> extends AnyKind<Settings, Plan> {
  readonly callsAt?: undefined;
  /** @throws ComputoError when a script can't be compiled */
  compile(plan: Plan, context: ScriptContext): Stage;
  /** The one script that it is, so that only what that asks for is read of a line. Absent: it needs the data whole. */
  lazily?(plan: Plan): LazyScript;
}

export interface LazyScript {
  readonly script: ScriptPlan;
  /** What the script's result is: the new data, or whether the event goes on. */
  readonly gives: 'data' | 'passage';
}

/** Its events wait for the answers of AI providers: its plans are `AiStagePlan`s. */
export interface CallingKind<Settings, Plan extends StagePlan> extends AnyKind<Settings, Plan> {
  readonly callsAt: KeyPath;
  /** @throws ComputoError when a script can't be compiled */
  compile(plan: Plan, calls: AiCalls, context: ScriptContext): AiStage;
}

/** What a script means, without its text, which may be written in another way and mean the same. */
export function scriptMeaning({ script, options }: ScriptPlan): unknown {
  return { script, options };
}

/** A stage that is one script. */
export interface ScriptStagePlan extends StagePlan {
  readonly script: ScriptPlan;
}

/** Plans a stage that is one script, which stands under the kind's own key. */
export async function planScriptStage(
  kind: string,
  { name }: { readonly name?: string | undefined },
  make: StageMaker,
): Promise<ScriptStagePlan | undefined> {
  const script = await make.script([kind]);
  return script && { kind, name: name ?? `${kind}-${make.place}`, script };
}
