import { homedir } from 'node:os';
import { stateDirectory } from '../../config/index.js';
import { stateDirectoryWithoutConfig } from '../../config/state/index.js';
import { tokenFolderOf } from '../../server/access/index.js';
import type { TokenFlags } from './flags.js';
import { findConfig } from '../flags/find-config.js';

/** Where a daemon with this config looks for tokens. @throws ConfigError */
export async function findTokens(flags: TokenFlags): Promise<string> {
  const place = { env: process.env, home: homedir() };
  const config = await findConfig(flags, 'data only');
  return tokenFolderOf(config === undefined ? stateDirectoryWithoutConfig(place) : stateDirectory(config));
}
