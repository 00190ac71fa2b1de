import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { FileSink, FileSinkOptions } from '../../../sinks/index.js';
import type { Target } from './targets.js';

const NEWLINE = 0x0a;

/** Ends what somebody left without a newline in files that are added to: the next line does not become a part of it. */
export async function endHalfLines(
  targets: readonly Target[],
  files: readonly FileSink[],
  modes: readonly FileSinkOptions['mode'][],
): Promise<void> {
  for (const [at, file] of files.entries()) {
    const path = targets[at]?.path ?? '';
    if (modes[at] === 'append' && !path.endsWith('.gz') && endsInALine(path)) await file.write(Uint8Array.of(NEWLINE));
  }
}

function endsInALine(path: string): boolean {
  const fd = openSync(path, 'r');
  try {
    const stats = fstatSync(fd);
    const last = new Uint8Array(1);
    return stats.isFile() && stats.size > 0 && readSync(fd, last, 0, 1, stats.size - 1) === 1 && last[0] !== NEWLINE;
  } finally {
    closeSync(fd);
  }
}
