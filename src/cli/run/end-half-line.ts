import { closeSync, openSync, readSync } from 'node:fs';
import { nodeFileSystem } from '../../files/index.js';
import type { FileSink } from '../../sinks/index.js';

const NEWLINE = 0x0a;

/** Ends a last line without a newline in a file that is added to: the next line does not become a part of it. */
export async function endHalfLine(path: string, file: FileSink): Promise<void> {
  if (endsInALine(path)) await file.write(Uint8Array.of(NEWLINE));
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
