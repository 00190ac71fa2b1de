import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { liesBesideConfig } from '../config/state/index.js';
import { makeFolder } from '../files/index.js';
import { JobError } from './job-error.js';

const OWNER_ONLY = 0o700;

/**
 * Runs an action in the state folder.
 *
 * @throws JobError when the folder can't be used
 */
export async function inStateFolder<T>(folder: string, act: () => Promise<T>): Promise<T> {
  try {
    const result = await act();
    keepOutOfGit(folder);
    return result;
  } catch (error) {
    if (error instanceof Error && 'code' in error && 'syscall' in error) {
      const hint = 'state_dir in the config names another folder';
      throw new JobError(`cannot use the state folder ${folder}: ${error.message}`, 'failed', hint);
    }
    throw error;
  }
}

/**
 * Creates the state folder if it is missing.
 *
 * @throws the operating system's errors
 */
export function makeStateFolder(folder: string): void {
  makeFolder(folder, OWNER_ONLY);
  keepOutOfGit(folder);
}

/**
 * Makes git ignore a state folder beside a config: that is usually inside a repository, where neither answers nor tokens belong.
 * Does nothing if there is no such folder.
 */
export function keepOutOfGit(folder: string): void {
  const file = join(folder, '.gitignore');
  if (liesBesideConfig(folder) && existsSync(folder) && !existsSync(file)) writeFileSync(file, '*\n');
}
