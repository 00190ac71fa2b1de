import { resolveSecret, SecretError, useSection, type LoadedConfig } from '../config/index.js';
import { nodeAt } from '../config/source/index.js';
import type { KeyRing } from '../crypt/index.js';

/**
 * Reads the keys of a config's `storage.encryption`.
 *
 * @param tell is told of a key that can't be read, in place of an error
 * @returns undefined if nothing is to be encrypted
 * @throws KeyError if a key can't be read or can't be a key; ConfigError
 */
export async function readKeys(config: LoadedConfig, tell?: (message: string) => void): Promise<KeyRing | undefined> {
  // Most commands need nothing else of the section, and must not fail for the rest of it.
  if (nodeAt(config.document.root, '/storage/encryption') === undefined) return undefined;
  const { encryption } = useSection(config, 'storage');
  if (encryption === undefined) return undefined;
  const { KeyError, KeyRing, parseKey } = await import('../crypt/index.js');
  const named = [
    ['storage.encryption.key', encryption.key] as const,
    ...encryption.old_keys.map((key, i) => [`storage.encryption.old_keys[${i}]`, key] as const),
  ];
  const keys: Buffer[] = [];
  for (const [where, ref] of named) {
    try {
      keys.push(parseKey((await resolveSecret(ref)).reveal()));
    } catch (error) {
      if (!(error instanceof SecretError || error instanceof KeyError)) throw error;
      const message = `${where}: ${error.message}`;
      if (tell === undefined) throw new KeyError(message);
      tell(message);
    }
  }
  const [current, ...old] = keys;
  return current && new KeyRing([current, ...old]);
}

/** What is wrong with the permissions of the files of a config's keys, in words. @throws ConfigError */
export async function looseKeyFiles(config: LoadedConfig): Promise<readonly string[]> {
  if (nodeAt(config.document.root, '/storage/encryption') === undefined) return [];
  const { encryption } = useSection(config, 'storage');
  if (encryption === undefined) return [];
  const { LOOSE_KEY_HINT, looseKeyFile } = await import('../crypt/index.js');
  return [encryption.key, ...encryption.old_keys].flatMap((key) => {
    const problem = key.kind === 'file' ? looseKeyFile(key.path) : undefined;
    return problem === undefined ? [] : [`${problem}: ${LOOSE_KEY_HINT}`];
  });
}
