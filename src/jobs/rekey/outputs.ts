import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import type { FilePlan } from '../../config/index.js';
import type { KeyRing } from '../../crypt/index.js';
import { describeFile, hasCode, Manifest, nodeFileSystem, resolvePath } from '../../files/index.js';
import { movedTo, parseFilePosition, rekeyFile, type FilePosition } from '../../sinks/index.js';
import { isSealedPath } from '../../sources/index.js';
import { noteReplaced, replacedFiles } from '../rekey-note.js';

type Moved = (position: FilePosition) => FilePosition;

/** What became of the encrypted outputs and dead letters. */
export interface RekeyedOutputs {
  /** How many there are. */
  readonly found: number;
  readonly rekeyed: number;
  /** Files that stay as they are, and why. */
  readonly left: readonly string[];
  /** Makes the positions in a checkpoint's value those of the new files. */
  readonly inCheckpoint: (value: unknown) => unknown;
}

/**
 * Encrypts outputs anew, with their rotated files. Nobody may write to them meanwhile.
 *
 * @param named further files, by path
 * @throws KeyError; the operating system's errors
 */
export async function rekeyOutputs(
  outputs: readonly FilePlan[],
  named: readonly string[],
  stateFolder: string,
  keys: KeyRing,
): Promise<RekeyedOutputs> {
  const left: string[] = [];
  const changed = new Map<string, Moved>();
  const hasState = existsSync(stateFolder);
  /** What an earlier one has replaced that was interrupted: checkpoints may be of the former files. */
  const noted = replacedFiles(stateFolder).filter(
    ({ path, former }) => ![undefined, former].includes(nodeFileSystem.stat(path)?.node),
  );
  for (const { path, former } of noted) changed.set(former, (position) => movedTo(path, position));
  let found = 0;
  let rekeyed = 0;
  const rekeyOne = async (path: string): Promise<boolean> => {
    found += 1;
    const done = await rekeyFile(path, keys, (former) => {
      if (hasState) noteReplaced(stateFolder, { path, former });
    });
    if (done.kind === 'damaged')
      left.push(`${done.message}; colloquium log cat prints what can be read: then move it away`);
    if (done.kind !== 'rekeyed') return noted.some((file) => file.path === path);
    rekeyed += 1;
    if (done.former !== undefined) changed.set(done.former, done.moved);
    return true;
  };
  for (const output of outputs) {
    for (const [target, files] of filesOf(output)) {
      const manifest = Manifest.isThere(stateFolder, target) ? Manifest.read(stateFolder, target) : undefined;
      for (const path of files) {
        if (!(await rekeyOne(path))) continue;
        const known = manifest?.files().find(({ name }) => name === basename(path));
        if (known !== undefined) manifest?.addNow(describeFile(path, known));
      }
    }
  }
  for (const path of named) await rekeyOne(path);
  return { found, rekeyed, left, inCheckpoint: (value) => withMoved(value, changed) };
}

/** The encrypted files of an output: those with its name, and those that were rotated; by the file that the manifest is kept for. */
function filesOf({ file, keyed }: FilePlan): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  const add = (target: string, path: string): void => {
    if (isSealedPath(path)) found.set(target, [...(found.get(target) ?? []), path]);
  };
  if (keyed !== undefined) {
    for (const path of pathsBelow(keyed.folder, true)) add(path, path);
    return found;
  }
  const target = resolvePath(file);
  const stem = basename(target, extname(target));
  for (const path of pathsBelow(dirname(target), false)) if (basename(path).startsWith(stem)) add(target, path);
  return found;
}

function pathsBelow(folder: string, recursive: boolean): readonly string[] {
  try {
    const entries = readdirSync(folder, { recursive, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return [];
    throw error;
  }
}

/** Every position in a value, whatever holds it, becomes one of the new file if it was one of the former. */
function withMoved(value: unknown, changed: ReadonlyMap<string, Moved>): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((one) => withMoved(one, changed));
  const position: FilePosition | undefined = parseFilePosition(value);
  const node = position?.mark?.file.node;
  const moved = node === undefined ? undefined : changed.get(node);
  if (position !== undefined && moved !== undefined) return moved(position);
  return Object.fromEntries(Object.entries(value).map(([key, of]) => [key, withMoved(of, changed)]));
}
