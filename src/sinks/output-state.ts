import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { hasCode, nodeFileSystem, stateOfPlace, type PlaceState } from '../files/index.js';
import type { FilePosition, PositionMark } from './file-position.js';
import { partNames, type PartNames } from './part-names.js';
import { filesIn } from './folder.js';

const fs = nodeFileSystem;

/**
 * The state of an output relative to a stored position:
 * `good`, nothing follows it; `grown`, bytes follow it, possibly in later parts, from this writer if it was killed, or from
 * somebody else after it ended; `gone`, there is no file; `cut`, it is shorter; `edited`, other bytes precede the position;
 * `replaced`, another file has its name; `unknown`, an earlier version stored the position, and only the length can be compared.
 */
export type OutputState =
  | { readonly kind: 'good' | 'gone' | 'edited' | 'replaced' }
  | { readonly kind: 'grown'; readonly bytes: number }
  | { readonly kind: 'cut'; readonly size: number }
  | { readonly kind: 'unknown'; readonly size: number };

/**
 * Finds out what happened to an output since one of its positions was stored. Changes nothing.
 *
 * @param pattern the names of its parts, see `partNames`
 * @throws the operating system's errors
 */
export function outputState(path: string, position: FilePosition, pattern?: string): OutputState {
  const names = partNames(path, pattern);
  const { mark } = position;
  if (mark === undefined) return unmarked(path, names, position);
  const parts = plainParts(names);
  for (const one of parts.filter(({ number }) => number >= position.part)) {
    const state = placeIn(one.path, position, mark);
    if (state === undefined || state.kind === 'other') continue;
    const later = parts.filter(({ number }) => number > one.number).map((part) => part.path);
    return classified(state, position, sizeOf([...later, path]));
  }
  const state = placeIn(path, position, mark);
  return state === undefined ? { kind: 'gone' } : classified(state, position, 0);
}

function classified(state: PlaceState, { offset }: FilePosition, bytesInLaterParts: number): OutputState {
  switch (state.kind) {
    case 'good': {
      const bytes = state.size - offset + bytesInLaterParts;
      return bytes > 0 ? { kind: 'grown', bytes } : { kind: 'good' };
    }
    case 'cut':
      return { kind: 'cut', size: state.size };
    case 'edited':
      return { kind: 'edited' };
    case 'other':
      return { kind: 'replaced' };
  }
}

/**
 * Returns the state of a position in one file.
 *
 * @returns undefined if the file does not exist
 * @throws the operating system's errors
 */
export function placeIn(path: string, { offset }: FilePosition, mark: PositionMark): PlaceState | undefined {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
  try {
    // If nothing follows the position, no data can be lost, so equal bytes are enough.
    const isAtItsPlace = fs.fstat(fd).size === offset;
    return stateOfPlace({ ...mark, offset, lines: 0 }, fd, { isAtItsPlace });
  } finally {
    closeSync(fd);
  }
}

/** The state of a position that stores only a length. */
function unmarked(path: string, names: PartNames, { part }: FilePosition): OutputState {
  const stats = fs.stat(path);
  // A device or a pipe has no positions.
  if (stats?.kind === 'other') return { kind: 'good' };
  const parts = plainParts(names).filter(({ number }) => number >= part);
  if (stats === undefined && parts.length === 0) return { kind: 'gone' };
  return { kind: 'unknown', size: sizeOf([...parts.map((one) => one.path), path]) };
}

function plainParts(names: PartNames): readonly { readonly number: number; readonly path: string }[] {
  return filesIn(names.folder)
    .flatMap((file) => {
      const parsed = names.parse(file);
      return parsed === undefined || parsed.packed ? [] : [{ number: parsed.number, path: join(names.folder, file) }];
    })
    .sort((a, b) => a.number - b.number);
}

function sizeOf(paths: readonly string[]): number {
  return paths.reduce((sum, path) => sum + (fs.stat(path)?.size ?? 0), 0);
}
