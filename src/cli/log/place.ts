import { resolve } from 'node:path';
import { ConfigError, useSection, type LoadedConfig } from '../../config/index.js';
import { nodeWorld, openReadOnlyLog, type ReadOnlyLog, type LogWorld } from '../../log/index.js';
import { EXIT } from '../exit/exit-codes.js';
import { openKeys } from '../../jobs/index.js';
import { findConfig } from '../flags/find-config.js';
import { UserError } from '../exit/user-error.js';
import type { LogFlags } from './flags.js';

const FOLDER_DEFAULT = './data';

/** Where a command finds the stored log. */
export interface LogPlace {
  readonly folder: string;
  /** Undefined if there is no config. */
  readonly config: LoadedConfig | undefined;
}

/**
 * Finds the log that a command is about: in the named folder, else the one in the config, else ./data.
 *
 * @throws ConfigError
 */
export async function findLog(folder: string | undefined, flags: LogFlags): Promise<LogPlace> {
  if (folder !== undefined) return { folder: resolve(folder), config: await keysFor(flags) };
  const config = await findConfig(flags, 'data only');
  return { folder: config === undefined ? resolve(FOLDER_DEFAULT) : useSection(config, 'storage').disk_path, config };
}

/** The config of a named folder only has the keys: one that is not named and can't be read is not needed for a plain log. */
async function keysFor(flags: LogFlags): Promise<LoadedConfig | undefined> {
  try {
    return await findConfig(flags, 'data only');
  } catch (error) {
    if (flags.config === undefined && error instanceof ConfigError) return undefined;
    throw error;
  }
}

/**
 * Opens a log for reading, with the keys of the config.
 *
 * @param hint what to do where there is none
 * @param keysOf reads the keys of the config
 * @throws UserError when there is none: a mistyped folder should not look like an empty log
 */
export async function openLog(
  { folder, config }: LogPlace,
  hint?: string,
  keysOf = openKeys,
): Promise<{ readonly reader: ReadOnlyLog; readonly world: LogWorld }> {
  const world = nodeWorld(await keysOf(config));
  const names = await world.disk.list(folder).catch(() => undefined);
  if (names === undefined) throw noLog(folder, hint);
  return { reader: openReadOnlyLog(world, folder), world };
}

/** @param hint what to do */
export function noLog(folder: string, hint = 'name its folder, or the config with -c FILE'): UserError {
  return new UserError(`${folder}: there is no log`, EXIT.usage, hint);
}
