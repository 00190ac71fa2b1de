import { fstatSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Manifest, nodeFileSystem, resolvePath } from '../../files/index.js';
import { partNames, strangeParts } from '../../sinks/index.js';
import { EXIT } from '../exit-codes.js';
import { UserError } from '../user-error.js';
import type { RunPlan } from './plan.js';

const STDIN = 0;

/** So many names are told; the others are counted. */
const NAMES_MAX = 5;

/**
 * Sees for each output to what it sets aside. To be called when no other process writes to it.
 *
 * @throws UserError
 */
export function refuseStrangeParts({ inputs, outputs, deadLetters }: RunPlan): void {
  for (const output of [...outputs, deadLetters]) refusePartsOf(output, inputs);
}

/**
 * Refuses to set files aside where others would be taken for ours: an input that is called like a part of the output, and, for an
 * output that is made anew, parts that somebody else made. Sees to it, too, that ours can be noted.
 *
 * @throws UserError
 */
function refusePartsOf(output: RunPlan['deadLetters'], inputs: readonly string[]): void {
  if (output.kind !== 'file') return;
  const { path, mode, keeping } = output;
  const { stateFolder } = keeping;
  if (stateFolder === undefined) return;
  const input = inputs.find((one) => isPart(one, path, keeping.pattern));
  if (input !== undefined) {
    throw new UserError(
      `${input} is both an input and, by its name, a file that ${path} was set aside as`,
      EXIT.usage,
      'write to another name, or to another folder',
    );
  }
  const manifest = openManifest(stateFolder, path);
  if (mode !== 'truncate') return;
  const strangers = strangeParts(path, manifest, keeping.pattern);
  if (strangers.length === 0) return;
  const names = strangers.slice(0, NAMES_MAX).join(', ');
  const more = strangers.length > NAMES_MAX ? ` and ${strangers.length - NAMES_MAX} more` : '';
  throw new UserError(
    `${path}: ${names}${more} would count as its older files, and colloquium does not know them as its own`,
    EXIT.usage,
    'move them away, or write to another name or folder',
  );
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

/** Whether an input leads to a file that has the name of a part. */
function isPart(input: string, output: string, pattern: string | undefined): boolean {
  const names = partNames(output, pattern);
  const folder = resolvePath(names.folder);
  if (input !== '-') {
    const path = resolvePath(input);
    if (dirname(path) === folder && names.parse(basename(path)) !== undefined) return true;
  }
  const node = input === '-' ? nodeFileSystem.fstat(STDIN).node : nodeFileSystem.stat(input)?.node;
  if (node === undefined || (input === '-' && !fstatSync(STDIN).isFile())) return false;
  const parts =
    nodeFileSystem.stat(folder) === undefined ? [] : readdirSync(folder).filter((file) => names.parse(file));
  return parts.some((file) => nodeFileSystem.stat(join(folder, file))?.node === node);
}
