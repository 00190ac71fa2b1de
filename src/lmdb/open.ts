import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { RootDatabase } from 'lmdb';
import { refuseForeignFile } from './foreign-file.js';
import { loadLmdb } from './load.js';
import { tolerateFailedCommits } from './store-write-error.js';

const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;
const DATABASES_MAX = 16;

/** The name of the data file in an environment's folder. */
export const DATA_FILE = 'data.mdb';

/**
 * Opens an LMDB environment in a local folder, which any number of processes may share. The files and their folder are accessible
 * only to their owner, because their content is private.
 *
 * @throws LmdbMissingError; Error of the file system if the folder can't be created or opened; StoreDamagedError
 */
export async function openLmdb(folder: string): Promise<RootDatabase> {
  const { open } = await loadLmdb();
  tolerateFailedCommits();
  mkdirSync(folder, { recursive: true, mode: FOLDER_MODE });
  chmodSync(folder, FOLDER_MODE);
  // LMDB would create its files readable for the group, but accepts these empty files instead.
  for (const name of [DATA_FILE, 'lock.mdb']) {
    const path = join(folder, name);
    closeSync(openSync(path, 'a', FILE_MODE));
    chmodSync(path, FILE_MODE);
  }
  refuseForeignFile(join(folder, DATA_FILE));
  const root = open({ path: folder, maxDbs: DATABASES_MAX, noSubdir: false });
  // Otherwise, a process killed while reading would block the reuse of old pages forever.
  root.readerCheck();
  return root;
}
