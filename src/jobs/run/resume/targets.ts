import { join, relative } from 'node:path';
import { resolvePath } from '../../../files/index.js';
import { templatePath } from '../../../files/names/index.js';
import { fileOfKeyed, type FileTarget, type Targets } from '../../outputs/target.js';
import type { FileRecord, RunCheckpoint } from './checkpoint.js';

/** A file that the run writes to, with its resolved path. */
export interface Target extends Pick<FileRecord, 'path' | 'role' | 'of'> {
  readonly plan: FileTarget;
}

/**
 * The outputs in order, then the dead-letter file. An output that has a file per key is one target.
 *
 * @throws the operating system's errors
 */
export function targetsOf({ outputs, deadLetters }: Targets): readonly Target[] {
  const files = outputs.flatMap((plan) => (plan.kind === 'file' ? [target(plan, 'output')] : []));
  return deadLetters.kind === 'file' ? [...files, target(deadLetters, 'dead-letters')] : files;
}

function target(plan: FileTarget, role: Target['role']): Target {
  const { path, keyed } = plan;
  if (keyed === undefined) return { plan, role, path: resolvePath(path) };
  return { plan, role, path: templatePath({ ...keyed, folder: resolvePath(keyed.folder) }) };
}

export function isKeyed({ plan }: Target): boolean {
  return plan.keyed !== undefined;
}

/** One file of an output that has a file per key. @param name below the output's folder */
export function targetOfKeyed({ plan, role, path }: Target, name: string): Target {
  return { plan: fileOfKeyed(plan, name), role, path: join(folderOf(path, plan), name), of: path };
}

/** The files of such outputs that a checkpoint knows, grouped by output. */
export function knownTargets(keyed: readonly Target[], { files }: RunCheckpoint): readonly Target[] {
  return keyed.flatMap((output) =>
    files.flatMap(({ path, of }) => (of === output.path ? [targetOfKeyed(output, nameIn(output, path))] : [])),
  );
}

/** The name of a file below the folder of its output. */
export function nameIn({ path, plan }: Target, file: string): string {
  return relative(folderOf(path, plan), file);
}

/** The resolved folder of such an output. */
function folderOf(path: string, { keyed }: FileTarget): string {
  return path.slice(0, path.length - (keyed?.names ?? '').length);
}

export function outputPaths(targets: readonly Target[]): readonly string[] {
  return targets.flatMap(({ role, path }) => (role === 'output' ? [path] : []));
}
