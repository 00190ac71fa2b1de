import type { NameField, NameTemplate } from '../../files/names/index.js';
import type { CheckOptions, ExecuteOptions, Json, Span } from 'computo-js';
import type { OpenTables } from '../kinds/tables.js';

/**
 * A pipeline of a config: everything resolved, nothing compiled. But for its tables it is plain JSON data, so that it can be sent to
 * a worker.
 */
export interface PipelinePlan {
  readonly name: string;
  readonly stages: readonly StagePlan[];
  /** Sets `metadata.routing_key` from the finished data. */
  readonly routingKey?: ScriptPlan;
  /** Those that its scripts name; absent: none does. */
  readonly tables?: OpenTables;
  /** Absent if the config names none: then the command decides. */
  readonly outputs?: readonly OutputPlan[];
  /** Absent: failed events go to standard error. */
  readonly deadLetter?: FilePlan;
  readonly onError: OnErrorPlan;
  /** US dollars a day, as decimal text. */
  readonly budget?: string;
}

/** What all stages have; the rest is the matter of their kind. */
export interface StagePlan {
  readonly kind: string;
  readonly name: string;
}

export interface ScriptPlan {
  readonly script: Json;
  readonly options: Pick<ExecuteOptions, 'dialect' | 'limits' | 'permuto' | 'secrets'>;
  /** As it was written, where that was in the text form. */
  readonly text?: { readonly text: string; readonly spans: Span };
}

/** JSON data whose texts are filled in from each event. */
export interface TemplatePlan {
  readonly template: Json;
}

/** What all outputs have; the rest is the matter of their kind. */
export interface OutputPlan extends OutputTake {
  readonly kind: string;
}

/** What an output takes, and how it is written. */
export interface OutputTake {
  /** The routing keys it takes; absent: every event. */
  readonly when?: readonly string[];
  /** It takes what no other output takes. */
  readonly otherwise?: true;
  /** Whole events are written instead of their data. */
  readonly envelope: boolean;
  /** The format of the data, as the config names it; absent: a line of JSON each. */
  readonly format?: string;
  /** The columns of a table; absent: the keys of the first event. */
  readonly columns?: readonly string[];
  /** What tells its files apart, where it has a file per key. */
  readonly filesBy?: readonly NameField[];
}

/** A file per key. */
export interface KeyedFilesPlan extends NameTemplate {
  /** Open at a time. */
  readonly openMax: number;
  /** All in all. */
  readonly filesMax: number;
}

/** A file to write, and when a new one is started. */
export interface FilePlan {
  /** Absolute. Of an output that has a file per key, what stands for all of them. */
  readonly file: string;
  readonly keyed?: KeyedFilesPlan;
  /** Bytes. */
  readonly rotateSize?: number;
  /** Milliseconds. */
  readonly rotateEvery?: number;
  readonly retentionDays?: number;
  readonly gzip: boolean;
  /** Name of rotated files. */
  readonly pattern?: string;
}

/** What becomes of an event that fails. */
export type OnErrorPlan =
  | { readonly kind: 'dead_letter' }
  | { readonly kind: 'skip' }
  /** As dead_letter, and nothing after it is read. */
  | { readonly kind: 'stop' }
  /** The event goes on to the outputs with this data in place of its own. */
  | { readonly kind: 'default'; readonly data: Json };

/** What computo-js is told when it compiles or checks a script. */
export type ScriptOptions = Pick<ExecuteOptions, 'dialect' | 'limits' | 'permuto' | 'secrets'> &
  Pick<CheckOptions, 'portable'>;
