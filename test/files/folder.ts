import { closeSync, mkdtempSync, openSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new empty folder, under its real name. */
export function newFolder(): string {
  return realpathSync(mkdtempSync(join(tmpdir(), 'files-')));
}

/** What an action makes of a file that is open for it. */
export function withOpen<T>(path: string, action: (fd: number) => T): T {
  const fd = openSync(path, 'r');
  try {
    return action(fd);
  } finally {
    closeSync(fd);
  }
}
