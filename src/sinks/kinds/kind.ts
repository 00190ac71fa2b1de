import type { FilePlan, OutputPlan } from '../../config/index.js';
import type { OutputInConfig, OutputConfigFields, PathMaker, TakeInConfig } from '../../config/kinds/index.js';
import type { NatsLink } from '../../nats/index.js';
import type { Sink } from '../sink.js';

/** All that there is to a kind of output: how it is written and planned, and where its lines go. */
export type OutputKind<Settings extends OutputConfigFields = OutputConfigFields, Plan extends OutputPlan = OutputPlan> =
  FileKind<Settings, Plan> | StreamKind<Settings, Plan> | SubjectKind<Settings, Plan>;

interface AnyKind<Settings extends OutputConfigFields, Plan extends OutputPlan> extends OutputInConfig<Settings> {
  plan(settings: Settings, make: PathMaker): Omit<Plan, TakeInConfig>;
}

/** Its lines go to a file, which each command opens in its way: cut back to a checkpoint, locked, in parts. */
export interface FileKind<Settings extends OutputConfigFields, Plan extends OutputPlan> extends AnyKind<
  Settings,
  Plan
> {
  readonly to: 'file';
  fileOf(plan: Plan): FilePlan;
}

/** Its lines go out, and can't be taken back. */
export interface StreamKind<Settings extends OutputConfigFields, Plan extends OutputPlan> extends AnyKind<
  Settings,
  Plan
> {
  readonly to: 'stream';
  /** The open file that it writes to, of which a process has one. */
  readonly descriptor?: number;
  open(plan: Plan, place: OutputPlace): Sink;
}

/**
 * Its lines go to the NATS server, and are whole events, whatever is sent on: their ids name the messages, so that an event which
 * is processed twice is there once. Only a daemon has such outputs.
 */
export interface SubjectKind<Settings extends OutputConfigFields, Plan extends OutputPlan> extends AnyKind<
  Settings,
  Plan
> {
  readonly to: 'nats';
  subjectOf(plan: Plan): string;
  open(plan: Plan, place: OutputPlace & { readonly link: NatsLink }): Sink;
}

/** Whose output it is. */
export interface OutputPlace {
  readonly pipeline: string;
  /** Among the pipeline's outputs. */
  readonly index: number;
}
