import { join } from 'node:path';
import type { FilePlan, KeyedFilesPlan, OutputPlan, OutputTake } from '../../config/index.js';
import type { Packing } from '../../files/index.js';
import type { FileSinkOptions } from '../../sinks/index.js';
import { goesToStdout } from '../../sinks/kinds/index.js';

/** Where results go. */
export type OutputTarget =
  /** Anything but a file. */
  { readonly kind: 'stream'; readonly output: OutputPlan } | FileTarget;

export function toStdout(take: OutputTake): OutputTarget {
  return { kind: 'stream', output: { kind: 'stdout', ...take } };
}

export function isStdout(target: OutputTarget): boolean {
  return target.kind === 'stream' && goesToStdout(target.output);
}

export interface FileTarget {
  readonly kind: 'file';
  /** For an output that has a file per key, the path that stands for all its files. */
  readonly path: string;
  readonly keyed?: KeyedFilesPlan;
  /** How each file is opened when its first line arrives. */
  readonly mode: 'truncate' | 'append';
  /** How the file is compressed, if it is. */
  readonly packing?: Packing;
  readonly keeping: FileKeeping;
  /** Whether it is to be encrypted: `keeping` gets the keys once they are read. */
  readonly encrypts?: boolean;
}

/** How a file and its parts are kept. */
export type FileKeeping = Pick<
  FileSinkOptions,
  'head' | 'rotateBytes' | 'rotateMs' | 'pattern' | 'retentionMs' | 'gzip' | 'stateFolder' | 'permissions' | 'keys'
>;

/** Everything that a job writes to. */
export interface Targets {
  /** One for each of the pipeline's outputs. */
  readonly outputs: readonly OutputTarget[];
  readonly deadLetters: FileTarget | { readonly kind: 'stderr' };
}

const DAY_MS = 86_400_000;

/** Converts the settings of a config's file to the sink's. */
export function keepingOf({ rotateSize, rotateEvery, retentionDays, gzip, pattern }: FilePlan): FileKeeping {
  return {
    gzip,
    ...(rotateSize !== undefined && { rotateBytes: rotateSize }),
    ...(rotateEvery !== undefined && { rotateMs: rotateEvery }),
    ...(retentionDays !== undefined && { retentionMs: retentionDays * DAY_MS }),
    ...(pattern !== undefined && { pattern }),
  };
}

/** Whether a file is ever rotated. */
export function keepsParts({ rotateBytes, rotateMs, retentionMs, gzip = false }: FileKeeping): boolean {
  return rotateBytes !== undefined || rotateMs !== undefined || retentionMs !== undefined || gzip;
}

/** The targets that are files; that of the dead letters comes last. */
export function filesOf({ outputs, deadLetters }: Targets): readonly FileTarget[] {
  return [...outputs, deadLetters].filter((target) => target.kind === 'file');
}

/** One file of a target that has a file per key. @param name below the folder */
export function fileOfKeyed({ keyed, ...target }: FileTarget, name: string): FileTarget {
  return { ...target, path: join(keyed?.folder ?? '', name) };
}
