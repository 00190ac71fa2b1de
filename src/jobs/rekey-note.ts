import { appendFileSync, closeSync, fsyncSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { hasCode } from '../files/index.js';
import { JobError } from './job-error.js';

/** The note of a `log rekey` in the state folder: which outputs it replaces, until no checkpoint is of the former ones any more. */
const NOTE = 'rekey.ndjson';

/** An output that was replaced by the same one, encrypted anew, or is about to be. */
export interface ReplacedFile {
  readonly path: string;
  /** Device and inode of the former one. */
  readonly former: string;
}

/** What the note of an earlier `log rekey` says, if that was interrupted. @throws the operating system's errors */
export function replacedFiles(stateFolder: string): readonly ReplacedFile[] {
  try {
    const lines = readFileSync(join(stateFolder, NOTE), 'utf8').split('\n');
    // What a crash has cut is of a file that was not replaced.
    return lines.filter((line) => line.endsWith('}')).map((line) => JSON.parse(line) as ReplacedFile);
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return [];
    throw error;
  }
}

/** Notes durably that a file is about to be replaced. @throws the operating system's errors */
export function noteReplaced(stateFolder: string, file: ReplacedFile): void {
  const fd = openSync(join(stateFolder, NOTE), 'a', 0o600);
  try {
    appendFileSync(fd, `\n${JSON.stringify(file)}\n`);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Says that no checkpoint is of a former file any more. */
export function forgetReplaced(stateFolder: string): void {
  rmSync(join(stateFolder, NOTE), { force: true });
}

/** @throws JobError if an earlier `log rekey` was interrupted: checkpoints may be of files that are no longer there */
export function refuseHalfRekeyed(stateFolder: string): void {
  if (replacedFiles(stateFolder).length === 0) return;
  throw new JobError(
    `${stateFolder}: colloquium log rekey was interrupted here: places in encrypted outputs are not those of their new files yet`,
    'refused',
    'run colloquium log rekey again, which goes on where it was',
  );
}
