import { join } from 'node:path';
import type { FilePlan, KeyedFilesPlan, OutputPlan, OutputTake } from '../../config/index.js';
import type { Packing } from '../../files/index.js';
import type { FileSinkOptions } from '../../sinks/index.js';
import { goesToStdout } from '../../sinks/kinds/index.js';

/** Where results go. */
export type OutputTarget =
  /** Whatever is not a file. */
  { readonly kind: 'stream'; readonly output: OutputPlan } | FileTarget;

export function toStdout(take: OutputTake): OutputTarget {
  return { kind: 'stream', output: { kind: 'stdout', ...take } };
}

export function isStdout(target: OutputTarget): boolean {
  return target.kind === 'stream' && goesToStdout(target.output);
}

export interface FileTarget {
  readonly kind: 'file';
  /** Of an output that has a file per key, what stands for all of them. */
  readonly path: string;
  readonly keyed?: KeyedFilesPlan;
  /** How each file is opened when its first line comes. */
  readonly mode: 'truncate' | 'append';
  /** It is written compressed. */
  readonly packing?: Packing;
  readonly keeping: FileKeeping;
}

/** How a file is kept, and its parts. */
export type FileKeeping = Pick<
  FileSinkOptions,
  'head' | 'rotateBytes' | 'rotateMs' | 'pattern' | 'retentionMs' | 'gzip' | 'stateFolder' | 'permissions'
>;

/** All that a job writes to. */
export interface Targets {
  /** One for each of the pipeline's outputs. */
  readonly outputs: readonly OutputTarget[];
  readonly deadLetters: FileTarget | { readonly kind: 'stderr' };
}

const DAY_MS = 86_400_000;

/** A file of the config, as the sink keeps it. */
export function keepingOf({ rotateSize, rotateEvery, retentionDays, gzip, pattern }: FilePlan): FileKeeping {
  return {
    gzip,
    ...(rotateSize !== undefined && { rotateBytes: rotateSize }),
    ...(rotateEvery !== undefined && { rotateMs: rotateEvery }),
    ...(retentionDays !== undefined && { retentionMs: retentionDays * DAY_MS }),
    ...(pattern !== undefined && { pattern }),
  };
}

/** Whether a file is ever set aside for a new one. */
export function keepsParts({ rotateBytes, rotateMs, retentionMs, gzip = false }: FileKeeping): boolean {
  return rotateBytes !== undefined || rotateMs !== undefined || retentionMs !== undefined || gzip;
}

/** The files among them, that of the dead letters the last. */
export function filesOf({ outputs, deadLetters }: Targets): readonly FileTarget[] {
  return [...outputs, deadLetters].filter((target) => target.kind === 'file');
}

/** One file of a target that has many. @param name below the folder */
export function fileOfKeyed({ keyed, ...target }: FileTarget, name: string): FileTarget {
  return { ...target, path: join(keyed?.folder ?? '', name) };
}
