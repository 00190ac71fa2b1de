import { fstatSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Manifest, nodeFileSystem, resolvePath } from '../../files/index.js';
import { partNames, partsState, strangeParts } from '../../sinks/index.js';
import { EXIT } from '../exit-codes.js';
import { UserError } from '../user-error.js';
import type { OutputPlan, RunPlan } from './plan.js';
import { keepsParts } from './resolve-outputs.js';

const STDIN = 0;

/** So many names are told; the others are counted. */
const NAMES_MAX = 5;

/**
 * Sees for each output to what it sets aside. To be called when no other process writes to it.
 *
 * @throws UserError
 */
export function refuseStrangeParts({ inputs, outputs, deadLetters, resume }: RunPlan): void {
  for (const output of [...outputs, deadLetters]) {
    refusePartsOf(output, inputs);
    if (resume === undefined) refuseChangedParts(output);
  }
}

/**
 * Refuses to set files aside where others would be taken for ours: an input that is called like a part of the output, and, for an
 * output that is made anew, parts that somebody else made. Sees to it, too, that ours can be noted.
 *
 * @throws UserError
 */
function refusePartsOf(output: OutputPlan | RunPlan['deadLetters'], inputs: readonly string[]): void {
  if (output.kind !== 'file') return;
  const { path, mode, keeping } = output;
  const { stateFolder } = keeping;
  if (stateFolder === undefined) return;
  const manifest = openManifest(stateFolder, path);
  const isRotated = keepsParts(keeping);
  // Without rotation only those of a former run count: they are about to be removed.
  const own = new Set(manifest.files().map(({ name }) => name));
  const input = inputs.find((one) => isPart(one, path, keeping.pattern, (name) => isRotated || own.has(name)));
  if (input !== undefined) {
    throw new UserError(
      `${input} is both an input and, by its name, a file that ${path} was set aside as`,
      EXIT.usage,
      'write to another name, or to another folder',
    );
  }
  if (mode !== 'truncate' || !isRotated) return;
  const strangers = strangeParts(path, manifest, keeping.pattern);
  if (strangers.length === 0) return;
  throw new UserError(
    `${path}: ${some(strangers)} would count as its older files, and colloquium does not know them as its own`,
    EXIT.usage,
    'move them away, or write to another name or folder',
  );
}

/**
 * Refuses to make an output anew beside a part of the former one that somebody has changed: it could not be removed, and would
 * count as a part of the new one.
 *
 * @throws UserError
 */
export function refuseChangedParts(output: OutputPlan | RunPlan['deadLetters']): void {
  if (output.kind !== 'file' || output.mode !== 'truncate' || output.keeping.stateFolder === undefined) return;
  const { path, keeping } = output;
  const { changed } = partsState(path, openManifest(output.keeping.stateFolder, path), keeping.pattern);
  if (changed.length === 0) return;
  const names = some(changed.map(({ name }) => name));
  throw new UserError(
    `${path}: somebody has changed ${names} since a former run set it aside, and it would count as a part of the new output`,
    EXIT.usage,
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
    const reason = error instanceof Error ? error.message : String(error);
    const hint = 'it keeps which files were set aside; state_dir in the config names another folder';
    throw new UserError(`cannot use the state folder ${stateFolder}: ${reason}`, EXIT.dataError, hint);
  }
}

/** Whether an input leads to a file that has the name of a part. @param counts which of these names */
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
