import { closeSync, readSync } from 'node:fs';
import { nodeFileSystem, FINGERPRINT_BYTES_MAX, stateOfPlace, type FilePlace } from '../../files/index.js';
import type { Block } from '../block.js';
import { descriptorBlocks } from '../file-source.js';
import { openForReading } from '../open-file.js';
import { SourceError } from '../read-error.js';
import { startMark, type InputMark } from './input-mark.js';

/** A file that is read from a position onward. */
export interface PlacedFile {
  /** Where the blocks begin. */
  readonly mark: InputMark;
  blocks(signal: AbortSignal): AsyncGenerator<Block>;
}

/**
 * Opens a regular file at a position.
 *
 * @param from a position that was found to be valid; undefined: the start
 * @throws SourceError when the file can't be opened, or the position is no longer valid
 */
export function placedFile(path: string, lineBytesMax: number, from: FilePlace | undefined): PlacedFile {
  const fd = openForReading(path);
  try {
    const mark = markIn(fd, from);
    if (mark === undefined) throw new SourceError(path, 'read', new Error('it was changed since it was checked'));
    return { mark, blocks: (signal) => descriptorBlocks(fd, path, lineBytesMax, signal, mark.offset) };
  } catch (error) {
    closeSync(fd);
    throw error instanceof SourceError ? error : new SourceError(path, 'read', error);
  }
}

function markIn(fd: number, from: FilePlace | undefined): InputMark | undefined {
  const { node } = nodeFileSystem.fstat(fd);
  if (from === undefined || from.offset === 0) return startMark(node);
  if (stateOfPlace(from, fd, { isAtItsPlace: true }).kind !== 'good') return undefined;
  const { offset, lines } = from;
  const bytes = Math.min(offset, FINGERPRINT_BYTES_MAX);
  return { node, offset, lines, head: readAt(fd, 0, bytes), tail: readAt(fd, offset - bytes, bytes) };
}

function readAt(fd: number, position: number, bytes: number): Uint8Array {
  const space = new Uint8Array(bytes);
  return space.subarray(0, readSync(fd, space, 0, bytes, position));
}
