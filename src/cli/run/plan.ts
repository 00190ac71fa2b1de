import type { AiRun } from '../ai/ai-executor.js';
import type { Diagnostic } from '../../config/diagnostic/index.js';
import type { OutputPlan as ConfigOutput } from '../../config/index.js';
import type { ScriptSource } from '../../config/script/index.js';
import type { FileSinkOptions } from '../../sinks/index.js';
import { goesToStdout } from '../../sinks/kinds/index.js';
import type { BlockOptions, PipelineSpec } from '../../pipeline/index.js';

/** What a run is to do: the flags and the config as they are meant, nothing as it was typed. */
export interface RunPlan {
  /** Paths as given; `-` is stdin. Never empty. */
  readonly inputs: readonly string[];
  readonly follow: boolean;
  /** Input events after which it ends. */
  readonly limit?: number;
  readonly pipeline: PipelineSpec;
  /** One for each of the pipeline's outputs. */
  readonly outputs: readonly OutputPlan[];
  readonly deadLetters: FileOutput | { readonly kind: 'stderr' };
  readonly block: Omit<BlockOptions, 'pipeline'>;
  readonly threads: ThreadPlan;
  /** Results go out as they are done. */
  readonly unordered: boolean;
  /** What its AI stages need, if it has any. */
  readonly ai?: AiRun;
  /** The stages' scripts as they stand in their files, when their calls are to be told. */
  readonly traced?: ReadonlyMap<string, ScriptSource>;
  /** What it goes by, and may not write over. */
  readonly ownFiles: readonly OwnFile[];
  /** Where checkpoints, locks and manifests of its files are kept. */
  readonly stateFolder: string;
  /** It keeps a checkpoint; absent: it keeps none. */
  readonly resume?: ResumePlan;
  /** Nothing is written, and nothing sent but the sample; absent: it is for real. */
  readonly dryRun?: DryRunPlan;
  /** What is told of its scripts before it begins. */
  readonly warnings: readonly Diagnostic[];
  readonly stats: 'text' | 'json';
  readonly progress: boolean;
}

export interface DryRunPlan {
  /** Rows to be sent all the same. */
  readonly sample: number;
}

export interface ResumePlan {
  /** On from the place where the last run stopped, if nothing has changed; whatever has changed; or from the start. */
  readonly how: 'if-unchanged' | 'force' | 'restart';
  /** The command that goes on with it. */
  readonly command: string;
}

/** A file that a run reads, besides its inputs. */
export interface OwnFile {
  readonly path: string;
  /** For people: `the config`. */
  readonly what: string;
}

/** Threads that may work on events, this one included. */
export interface ThreadPlan {
  readonly count: number;
  /** Somebody asked for them: they are started whatever the input. */
  readonly asked: boolean;
}

export type OutputPlan =
  /** Whatever is no file. */
  { readonly kind: 'stream'; readonly output: ConfigOutput } | FileOutput;

export interface FileOutput {
  readonly kind: 'file';
  readonly path: string;
  readonly mode: 'truncate' | 'append';
  /** It is written compressed. */
  readonly packs?: true;
  readonly keeping: FileKeeping;
}

export function isStdout(output: OutputPlan): boolean {
  return output.kind === 'stream' && goesToStdout(output.output);
}

/** How a file is kept, and its parts. */
export type FileKeeping = Pick<
  FileSinkOptions,
  'rotateBytes' | 'rotateMs' | 'pattern' | 'retentionMs' | 'gzip' | 'stateFolder' | 'permissions'
>;
