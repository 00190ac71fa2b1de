import type { NameField, NameTemplate } from '../../files/names/index.js';
import type { CheckOptions, ExecuteOptions, Json, Span } from 'computo-js';
import type { OpenTables } from '../kinds/tables.js';

/**
 * A pipeline of a config, with everything resolved but nothing compiled. Plain JSON data, except for its tables, so that it can
 * be sent to a worker.
 */
export interface PipelinePlan {
  readonly name: string;
  readonly stages: readonly StagePlan[];
  /** Sets `metadata.routing_key` from the finished data. */
  readonly routingKey?: ScriptPlan;
  /** The tables that its scripts name; absent: none. */
  readonly tables?: OpenTables;
  /** Absent if the config names none: then the command decides. */
  readonly outputs?: readonly OutputPlan[];
  /** Absent: failed events go to standard error. */
  readonly deadLetter?: FilePlan;
  readonly onError: OnErrorPlan;
  /** US dollars a day, as decimal text. */
  readonly budget?: string;
}

/** What all stages share; the rest depends on their kind. */
export interface StagePlan {
  readonly kind: string;
  readonly name: string;
}

export interface ScriptPlan {
  readonly script: Json;
  readonly options: Pick<ExecuteOptions, 'dialect' | 'limits' | 'permuto' | 'secrets'>;
  /** The script as written, if in the text form. */
  readonly text?: { readonly text: string; readonly spans: Span };
}

/** JSON data whose texts are filled in from each event. */
export interface TemplatePlan {
  readonly template: Json;
}

/** What all outputs share; the rest depends on their kind. */
export interface OutputPlan extends OutputTake {
  readonly kind: string;
}

/** Which events an output takes, and how they are written. */
export interface OutputTake {
  /** The routing keys that it takes; absent: every event. */
  readonly when?: readonly string[];
  /** Takes the events that no other output takes. */
  readonly otherwise?: true;
  /** Whether whole events are written instead of their data. */
  readonly envelope: boolean;
  /** The format of the data, as named in the config; absent: one line of JSON per event. */
  readonly format?: string;
  /** The columns of a table; absent: the keys of the first event. */
  readonly columns?: readonly string[];
  /** The fields that select a file, for an output that has a file per key. */
  readonly filesBy?: readonly NameField[];
}

/** The plan of a file per key. */
export interface KeyedFilesPlan extends NameTemplate {
  /** The most files open at a time. */
  readonly openMax: number;
  /** The most files in total. */
  readonly filesMax: number;
}

/** A file to write, and when a new one is started. */
export interface FilePlan {
  /** Absolute. For an output that has a file per key, the path that stands for all its files. */
  readonly file: string;
  readonly keyed?: KeyedFilesPlan;
  /** Bytes. */
  readonly rotateSize?: number;
  /** Milliseconds. */
  readonly rotateEvery?: number;
  readonly retentionDays?: number;
  readonly gzip: boolean;
  /** Whether its lines are encrypted, with the keys of `storage.encryption`. */
  readonly encrypt: boolean;
  /** The name pattern of rotated files. */
  readonly pattern?: string;
}

/** What happens to an event that fails. */
export type OnErrorPlan =
  | { readonly kind: 'dead_letter' }
  | { readonly kind: 'skip' }
  /** Like dead_letter, but nothing after the event is read. */
  | { readonly kind: 'stop' }
  /** The event continues to the outputs with this data instead of its own. */
  | { readonly kind: 'default'; readonly data: Json };

/** The options with which computo-js compiles or checks a script. */
export type ScriptOptions = Pick<ExecuteOptions, 'dialect' | 'limits' | 'permuto' | 'secrets'> &
  Pick<CheckOptions, 'portable'>;
