import { parsePointer, type Json } from 'computo-js';
import type { KeyPath, StageInConfig, StageMaker } from '../../config/kinds/index.js';
import type { ScriptPlan, StagePlan } from '../../config/index.js';
import type { AcrossParts, AcrossStage } from '../across/across-stage.js';
import type { AiCalls } from '../ai/ai-calls.js';
import type { AiStage, Stage } from './stage.js';
import type { ScriptContext } from './script.js';

/** All that there is to a kind of stage: how it is written, planned and checked, and how it runs. */
export type StageKind<Settings = unknown, Plan extends StagePlan = StagePlan> =
  PlainKind<Settings, Plan> | AcrossKind<Settings, Plan> | CallingKind<Settings, Plan>;

interface AnyKind<Settings, Plan extends StagePlan> extends Omit<StageInConfig<Settings>, 'callsAt' | 'across'> {
  plan(settings: Settings, make: StageMaker): Promise<Plan | undefined>;
  /**
   * What shapes its results: another run goes on with them, and with what the stage knows, only where this is the same. Undefined
   * counts as null.
   */
  meaning(plan: Plan): readonly unknown[];
  /** How much it may know: that shapes results, too, but what it knows is the same by another bound. Default: nothing bounds it. */
  bounds?(plan: Plan): readonly unknown[];
}

/** Its events wait for nothing. */
export interface PlainKind<Settings, Plan extends StagePlan> extends AnyKind<Settings, Plan> {
  readonly callsAt?: undefined;
  readonly across?: undefined;
  /** @throws ComputoError when a script can't be compiled */
  compile(plan: Plan, context: ScriptContext): Stage;
  /** The one script that it is, so that only what that asks for is read of a line. Absent: it needs the data whole. */
  lazily?(plan: Plan): LazyScript;
}

/** It looks at events one after the other: one may become several, and several one. */
export interface AcrossKind<Settings, Plan extends StagePlan> extends AnyKind<Settings, Plan> {
  readonly callsAt?: undefined;
  /** What of its events it keeps in mind, where that is anything: such a stage sees them in the order of the input, on one thread. */
  readonly across: 'state' | 'nothing';
  /** Whether it goes by the time at which its events came in, which no other run can repeat. Default: it does not. */
  goesByArrival?(plan: Plan): boolean;
  /** Whether it keeps events until time lets them go, also when no other event comes. Default: it does not. */
  waitsForTime?(plan: Plan): boolean;
  /** The setting at which it forgets what it knew, and counts that. Default: max_keys. */
  readonly forgetsAt?: string;
  /** Whether dead letters can go through it once more, by themselves. Default: where it keeps nothing in mind. */
  readonly takesLetters?: boolean;
  readonly lazily?: undefined;
  /** @throws ComputoError when a script can't be compiled */
  compile(plan: Plan, parts: AcrossParts): AcrossStage;
}

/** So many keys a stage knows at a time, where nothing else is said. */
export const KEYS_MAX_DEFAULT = 1_000_000;

export interface LazyScript {
  readonly script: ScriptPlan;
  /** What the script's result is: the new data, or whether the event goes on. */
  readonly gives: 'data' | 'passage';
}

/** Its events wait for the answers of AI providers: its plans are `AiStagePlan`s. */
export interface CallingKind<Settings, Plan extends StagePlan> extends AnyKind<Settings, Plan> {
  readonly callsAt: KeyPath;
  readonly across?: undefined;
  /** @throws ComputoError when a script can't be compiled */
  compile(plan: Plan, calls: AiCalls, context: ScriptContext): AiStage;
}

/** What a script means, without its text, which may be written in another way and mean the same. */
export function scriptMeaning({ script, options }: ScriptPlan): unknown {
  return { script, options };
}

/** The path of a script that does nothing but read one of the event, such as `/items`. */
export function inputPath({ script }: ScriptPlan): readonly string[] | undefined {
  if (!Array.isArray(script) || script.length !== 2 || script[0] !== '$input') return undefined;
  const [, pointer] = script as readonly Json[];
  return typeof pointer === 'string' ? parsePointer(pointer) : undefined;
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
