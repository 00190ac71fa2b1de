import { closeSync, openSync, readSync } from 'node:fs';
import { nodeFileSystem, packingOf } from '../../files/index.js';
import { isSealedPath } from '../../sources/index.js';
import type { FileSink, FileSinkOptions } from '../../sinks/index.js';
import type { FileTarget } from './target.js';

const NEWLINE = 0x0a;

/**
 * Ends an unfinished last line in files that are appended to, so that the next line does not become part of it.
 *
 * @param files the targets, open
 * @param modes how they were opened
 */
export async function endHalfLines(
  targets: readonly Pick<FileTarget, 'path'>[],
  files: readonly FileSink[],
  modes: readonly FileSinkOptions['mode'][],
): Promise<void> {
  for (const [at, file] of files.entries()) {
    if (modes[at] === 'append') await endHalfLine(targets[at]?.path ?? '', file);
  }
}

/** {@link endHalfLines} for one file that was just opened. */
export async function endHalfLine(path: string, file: FileSink): Promise<void> {
  // What is encrypted is cut into frames, not lines.
  if (packingOf(path) === undefined && !isSealedPath(path) && endsInALine(path))
    await file.write(Uint8Array.of(NEWLINE));
}

function endsInALine(path: string): boolean {
  const stats = nodeFileSystem.stat(path);
  if (stats?.kind !== 'file' || stats.size === 0) return false;
  const fd = openSync(path, 'r');
  try {
    const last = new Uint8Array(1);
    return readSync(fd, last, 0, 1, stats.size - 1) === 1 && last[0] !== NEWLINE;
  } finally {
    closeSync(fd);
  }
}
