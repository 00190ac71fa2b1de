import type { FilePlan, OutputPlan } from '../../config/index.js';
import type { OutputInConfig, OutputConfigFields, PathMaker, TakeInConfig } from '../../config/kinds/index.js';
import type { NatsLink } from '../../nats/index.js';
import type { Sink } from '../sink.js';

/** A kind of output: how it is written in a config and planned, and where its lines go. */
export type OutputKind<Settings extends OutputConfigFields = OutputConfigFields, Plan extends OutputPlan = OutputPlan> =
  FileKind<Settings, Plan> | StreamKind<Settings, Plan> | SubjectKind<Settings, Plan>;

interface AnyKind<Settings extends OutputConfigFields, Plan extends OutputPlan> extends OutputInConfig<Settings> {
  plan(settings: Settings, make: PathMaker): Omit<Plan, TakeInConfig>;
}

/** Writes its lines to a file. Each command opens the file in its own way: truncated to a checkpoint, locked, in parts. */
export interface FileKind<Settings extends OutputConfigFields, Plan extends OutputPlan> extends AnyKind<
  Settings,
  Plan
> {
  readonly to: 'file';
  fileOf(plan: Plan): FilePlan;
}

/** Sends its lines away: they can't be taken back. */
export interface StreamKind<Settings extends OutputConfigFields, Plan extends OutputPlan> extends AnyKind<
  Settings,
  Plan
> {
  readonly to: 'stream';
  /** The file descriptor that it writes to, which exists once per process. */
  readonly descriptor?: number;
  open(plan: Plan, place: OutputPlace): Sink;
}

/**
 * Sends its lines to the NATS server. The lines are whole events, whatever is sent of them: event ids name the messages, so that
 * an event which is processed twice is stored once. Only a daemon has such outputs.
 */
export interface SubjectKind<Settings extends OutputConfigFields, Plan extends OutputPlan> extends AnyKind<
  Settings,
  Plan
> {
  readonly to: 'nats';
  subjectOf(plan: Plan): string;
  open(plan: Plan, place: OutputPlace & { readonly link: NatsLink }): Sink;
}

/** Which pipeline's output it is, and which one. */
export interface OutputPlace {
  readonly pipeline: string;
  /** Its index among the pipeline's outputs. */
  readonly index: number;
}
