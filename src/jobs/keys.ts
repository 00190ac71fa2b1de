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

/** A run without a config does not load what reads one. */
async function open(config: LoadedConfig): Promise<KeyRing | undefined> {
  const { readKeys } = await import('./read-keys.js');
  return await readKeys(config);
}
