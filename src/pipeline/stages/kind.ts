import { parsePointer, type Json } from 'computo-js';
import type { KeyPath, StageInConfig, StageMaker } from '../../config/kinds/index.js';
import type { ScriptPlan, StagePlan } from '../../config/index.js';
import type { AcrossParts, AcrossStage } from '../across/across-stage.js';
import type { AiCalls } from '../ai/ai-calls.js';
import type { AiStage, Stage } from './stage.js';
import type { ScriptContext } from './script.js';

/** A kind of stage: how it is written, planned and checked, and how it runs. */
export type StageKind<Settings = unknown, Plan extends StagePlan = StagePlan> =
  PlainKind<Settings, Plan> | AcrossKind<Settings, Plan> | CallingKind<Settings, Plan>;

interface AnyKind<Settings, Plan extends StagePlan> extends Omit<StageInConfig<Settings>, 'callsAt' | 'across'> {
  plan(settings: Settings, make: StageMaker): Promise<Plan | undefined>;
  /**
   * What shapes its results. Another run continues with them, and with the stage's state, only if this is the same. Undefined
   * counts as null.
   */
  meaning(plan: Plan): readonly unknown[];
  /** The limits of its state. They also shape results, but a state remains valid if they change. Default: nothing limits it. */
  bounds?(plan: Plan): readonly unknown[];
}

/** A kind whose events wait for nothing. */
export interface PlainKind<Settings, Plan extends StagePlan> extends AnyKind<Settings, Plan> {
  readonly callsAt?: undefined;
  readonly across?: undefined;
  /** @throws ComputoError when a script can't be compiled */
  compile(plan: Plan, context: ScriptContext): Stage;
  /**
   * The one script that makes up the stage, so that only the fields which it uses are read from a line. Absent: the stage needs
   * all data.
   */
  lazily?(plan: Plan): LazyScript;
}

/** A kind that takes events one after another: one may become several, and several may become one. */
export interface AcrossKind<Settings, Plan extends StagePlan> extends AnyKind<Settings, Plan> {
  readonly callsAt?: undefined;
  /** Whether it keeps state about its events: such a stage sees them in the order of the input, on one thread. */
  readonly across: 'state' | 'nothing';
  /** Whether it uses the time at which its events came in, which no other run can repeat. Default: no. */
  goesByArrival?(plan: Plan): boolean;
  /** Whether it holds events until time releases them, even if no other event comes. Default: no. */
  waitsForTime?(plan: Plan): boolean;
  /** The setting beyond which it forgets entries, and counts them as forgotten. Default: max_keys. */
  readonly forgetsAt?: string;
  /** Whether dead letters can be retried through it by themselves. Default: if it keeps no state. */
  readonly takesLetters?: boolean;
  readonly lazily?: undefined;
  /** @throws ComputoError when a script can't be compiled */
  compile(plan: Plan, parts: AcrossParts): AcrossStage;
}

/** The default number of keys that a stage remembers at a time. */
export const KEYS_MAX_DEFAULT = 1_000_000;

export interface LazyScript {
  readonly script: ScriptPlan;
  /** What the script returns: the new data, or whether the event passes. */
  readonly gives: 'data' | 'passage';
}

/** A kind whose events wait for the answers of AI providers: its plans are `AiStagePlan`s. */
export interface CallingKind<Settings, Plan extends StagePlan> extends AnyKind<Settings, Plan> {
  readonly callsAt: KeyPath;
  readonly across?: undefined;
  /** @throws ComputoError when a script can't be compiled */
  compile(plan: Plan, calls: AiCalls, context: ScriptContext): AiStage;
}

/** What a script means, without its text, because different texts may mean the same. */
export function scriptMeaning({ script, options }: ScriptPlan): unknown {
  return { script, options };
}

/** The path of a script that only reads a field of the event, such as `/items`. */
export function inputPath({ script }: ScriptPlan): readonly string[] | undefined {
  if (!Array.isArray(script) || script.length !== 2 || script[0] !== '$input') return undefined;
  const [, pointer] = script as readonly Json[];
  return typeof pointer === 'string' ? parsePointer(pointer) : undefined;
}

/** A stage that consists of one script. */
export interface ScriptStagePlan extends StagePlan {
  readonly script: ScriptPlan;
}

/** Plans a stage that consists of one script, under the kind's own key. */
export async function planScriptStage(
  kind: string,
  { name }: { readonly name?: string | undefined },
  make: StageMaker,
): Promise<ScriptStagePlan | undefined> {
  const script = await make.script([kind]);
  return script && { kind, name: name ?? `${kind}-${make.place}`, script };
}
