import { fstatSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Manifest, nodeFileSystem, resolvePath } from '../../files/index.js';
import { partNames, partsState, strangeParts } from '../../sinks/index.js';
import { JobError } from '../job-error.js';
import type { RunPlan } from './plan.js';
import { filesOf, keepsParts, type FileTarget } from '../outputs/target.js';
import { reasonOf } from '../reason-of.js';

const STDIN = 0;

/** The most names that are listed; the others are counted. */
const NAMES_MAX = 5;

/**
 * Checks the rotated files of each output. Call this when no other process writes to the outputs.
 *
 * @throws JobError
 */
export function refuseStrangeParts(plan: RunPlan): void {
  // For an output with many files, each file is checked when it is created.
  for (const file of filesOf(plan).filter(({ keyed }) => keyed === undefined)) refuseStrangePartsOf(file, plan);
}

/** {@link refuseStrangeParts} for one file. @throws JobError */
export function refuseStrangePartsOf(file: FileTarget, { inputs, resume }: Pick<RunPlan, 'inputs' | 'resume'>): void {
  refusePartsOf(file, inputs);
  if (resume === undefined) refuseChangedParts(file);
}

/**
 * Refuses to rotate an output if other files would be taken for its parts: an input that has the name of a part, or, if the
 * output is recreated, parts that somebody else made. Also makes sure that our own parts can be recorded.
 *
 * @throws JobError
 */
function refusePartsOf({ path, mode, keeping }: FileTarget, inputs: readonly string[]): void {
  const { stateFolder } = keeping;
  if (stateFolder === undefined) return;
  const manifest = openManifest(stateFolder, path);
  const isRotated = keepsParts(keeping);
  // Without rotation, only parts of a former run count: they are about to be removed.
  const own = new Set(manifest.files().map(({ name }) => name));
  const input = inputs.find((one) => isPart(one, path, keeping.pattern, (name) => isRotated || own.has(name)));
  if (input !== undefined) {
    throw new JobError(
      `${input} is both an input and, by its name, a file that ${path} was set aside as`,
      'refused',
      'write to another name, or to another folder',
    );
  }
  if (mode !== 'truncate' || !isRotated) return;
  const strangers = strangeParts(path, manifest, keeping.pattern);
  if (strangers.length === 0) return;
  throw new JobError(
    `${path}: ${some(strangers)} would count as its older files, and colloquium does not know them as its own`,
    'refused',
    'move them away, or write to another name or folder',
  );
}

/**
 * Refuses to recreate an output if somebody changed a part of the former one: it could not be removed, and would count as a part
 * of the new output.
 *
 * @throws JobError
 */
export function refuseChangedParts({ path, mode, keeping }: FileTarget): void {
  if (mode !== 'truncate' || keeping.stateFolder === undefined) return;
  const { changed } = partsState(path, openManifest(keeping.stateFolder, path), keeping.pattern);
  if (changed.length === 0) return;
  const names = some(changed.map(({ name }) => name));
  throw new JobError(
    `${path}: somebody has changed ${names} since a former run set it aside, and it would count as a part of the new output`,
    'refused',
    'move it away, or write to another name or folder',
  );
}

function some(names: readonly string[]): string {
  const more = names.length > NAMES_MAX ? ` and ${names.length - NAMES_MAX} more` : '';
  return names.slice(0, NAMES_MAX).join(', ') + more;
}

function openManifest(stateFolder: string, path: string): Manifest {
  try {
    const manifest = Manifest.read(stateFolder, path);
    manifest.prepare();
    return manifest;
  } catch (error) {
    const reason = reasonOf(error);
    const hint = 'it keeps which files were set aside; state_dir in the config names another folder';
    throw new JobError(`cannot use the state folder ${stateFolder}: ${reason}`, 'failed', hint);
  }
}

/** Whether an input leads to a file that has the name of a part. @param counts which of these names count */
function isPart(
  input: string,
  output: string,
  pattern: string | undefined,
  counts: (name: string) => boolean,
): boolean {
  const names = partNames(output, pattern);
  const isOne = (name: string): boolean => names.parse(name) !== undefined && counts(name);
  const folder = resolvePath(names.folder);
  if (input !== '-') {
    const path = resolvePath(input);
    if (dirname(path) === folder && isOne(basename(path))) return true;
  }
  const node = input === '-' ? nodeFileSystem.fstat(STDIN).node : nodeFileSystem.stat(input)?.node;
  if (node === undefined || (input === '-' && !fstatSync(STDIN).isFile())) return false;
  const parts = nodeFileSystem.stat(folder) === undefined ? [] : readdirSync(folder).filter(isOne);
  return parts.some((file) => nodeFileSystem.stat(join(folder, file))?.node === node);
}
