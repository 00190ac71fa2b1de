import type { LoadedConfig } from '../config/index.js';
import type { KeyRing } from '../crypt/index.js';

/** A command for a key is run once for each config. */
const opened = new WeakMap<LoadedConfig, Promise<KeyRing | undefined>>();

/**
 * The keys of a config's `storage.encryption`; undefined if nothing is to be encrypted.
 *
 * @throws KeyError if a key can't be read or can't be a key; ConfigError
 */
export function openKeys(config: LoadedConfig | undefined): Promise<KeyRing | undefined> {
  if (config === undefined) return Promise.resolve(undefined);
  const known = opened.get(config);
  if (known !== undefined) return known;
  const keys = open(config);
  opened.set(config, keys);
  return keys;
}

/**
 * The keys that can be read, for what only reads: one that can't be does not keep the others from their use.
 *
 * @param tell is told of each that can't be read
 */
export async function openReadableKeys(
  config: LoadedConfig | undefined,
  tell: (message: string) => void,
): Promise<KeyRing | undefined> {
  return config === undefined ? undefined : await open(config, tell);
}

/** What is wrong with the permissions of the files of a config's keys, in words. @throws ConfigError */
export async function looseKeyFiles(config: LoadedConfig | undefined): Promise<readonly string[]> {
  return config === undefined ? [] : await (await import('./read-keys.js')).looseKeyFiles(config);
}

/** A run without a config does not load what reads one. */
async function open(config: LoadedConfig, tell?: (message: string) => void): Promise<KeyRing | undefined> {
  const { readKeys } = await import('./read-keys.js');
  return await readKeys(config, tell);
}
