import type { CheckOptions, ExecuteOptions, Json } from 'computo-js';
import type { ScriptSource } from '../script/index.js';

/** A pipeline of a config with everything resolved: scripts inlined, paths absolute, defaults filled in. */
export interface PipelinePlan {
  readonly name: string;
  readonly stages: readonly StagePlan[];
  readonly routingKey?: ScriptSource;
  /** Absent if the config names none: then the command decides. */
  readonly outputs?: readonly OutputPlan[];
  /** Absent: failed events go to standard error. */
  readonly deadLetter?: FilePlan;
  readonly onError: OnErrorPlan;
  /** US dollars a day, as decimal text. */
  readonly budget?: string;
  /** How its scripts are compiled. */
  readonly options: ScriptOptions;
}

export type StagePlan =
  | { readonly kind: 'computo' | 'filter'; readonly name: string; readonly script: ScriptSource }
  | ({ readonly kind: 'ai' } & AiStagePlan);

export interface AiStagePlan {
  /** Its `name`, else its ordinal among the pipeline's AI stages: `ai-1`. */
  readonly name: string;
  readonly request: ScriptSource;
  readonly model?: string;
  /** Names of the providers that may serve, at least one, all of them configured. */
  readonly providers: readonly string[];
  readonly route: 'cheapest' | 'ordered' | 'fastest';
  /** The JSON Schema that answers must satisfy. */
  readonly schema?: Json;
  /** JSON Pointer; absent: the answer replaces the data. */
  readonly into?: string;
  readonly maxTokens: number;
  readonly dedupe: boolean;
  readonly inDoubt?: 'retry' | 'hold' | 'fail';
}

export type OutputPlan = (
  | { readonly kind: 'stdout' }
  | ({ readonly kind: 'file' } & FilePlan)
  | {
      readonly kind: 'nats';
      /** With `{pipeline}` and `{routing_key}` in it, perhaps. */
      readonly subject: string;
    }
) & {
  /** The routing keys it takes; absent: every event. */
  readonly when?: readonly string[];
  /** Whether whole events are written instead of their data. */
  readonly envelope: boolean;
};

/** A file to write, and when a new one is started. */
export interface FilePlan {
  /** Absolute. */
  readonly file: string;
  /** Bytes. */
  readonly rotateSize?: number;
  /** Milliseconds. */
  readonly rotateEvery?: number;
  readonly retentionDays?: number;
  readonly gzip: boolean;
  /** Name of rotated files. */
  readonly pattern?: string;
}

export type OnErrorPlan =
  { readonly kind: 'dead_letter' | 'skip' | 'stop' } | { readonly kind: 'default'; readonly data: Json };

/** What computo-js is told when it compiles or checks a script. */
export type ScriptOptions = Pick<ExecuteOptions, 'dialect' | 'limits' | 'permuto' | 'secrets'> &
  Pick<CheckOptions, 'portable'>;
