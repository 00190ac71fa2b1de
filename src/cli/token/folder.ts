import { homedir } from 'node:os';
import { stateDirectory } from '../../config/index.js';
import { defaultStateDirectory } from '../../config/state/index.js';
import { tokenFolderOf } from '../../server/access/index.js';
import { EXIT } from '../exit-codes.js';
import type { TokenFlags } from './flags.js';
import { findConfig } from '../find-config.js';
import { UserError } from '../user-error.js';

/** Where a daemon of this config looks for tokens. @throws ConfigError */
export async function findTokens(flags: TokenFlags): Promise<string> {
  const place = { env: process.env, home: homedir() };
  const config = await findConfig(flags, 'data only');
  return tokenFolderOf(config === undefined ? defaultStateDirectory(place) : stateDirectory(config));
}

/** Does something with the tokens; what the disk refuses is told as a sentence. */
export async function onTokens<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) throw new UserError(error.message, EXIT.dataError);
    throw error;
  }
}
