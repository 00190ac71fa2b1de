import { formatPointer, type CheckOptions, type Json } from 'computo-js';
import { ConfigError } from '../diagnostic/index.js';
import { resolveSecret, SecretError } from '../env/resolve-secret.js';
import type { LoadedConfig } from '../load/load-config.js';
import { secretNames, useSecret } from '../load/sections.js';
import { diagnose } from '../source/index.js';
import type { ScriptOptions } from './pipeline-plan.js';
import { textsIn } from '../script/texts-in.js';

/** What `check` needs to know of a config's secrets: their names. */
export function knownSecrets(config: Pick<LoadedConfig, 'document'>): Pick<CheckOptions, 'secrets'> {
  return { secrets: Object.fromEntries(secretNames(config).map((name) => [name, null])) };
}

/**
 * Reads the secrets that a script names, and no others: a variable that only another pipeline needs may well be unset.
 *
 * @throws ConfigError when one of them can't be read
 */
export async function secretsFor(script: Json, config: LoadedConfig): Promise<Pick<ScriptOptions, 'secrets'>> {
  const names = secretNames(config);
  const texts = names.length === 0 ? new Set<string>() : textsIn(script);
  const found: [string, string][] = [];
  for (const name of names) if (texts.has(name)) found.push([name, await reveal(name, config)]);
  return found.length === 0 ? {} : { secrets: Object.fromEntries(found) };
}

async function reveal(name: string, config: LoadedConfig): Promise<string> {
  try {
    return (await resolveSecret(useSecret(config, name))).reveal();
  } catch (error) {
    if (!(error instanceof SecretError)) throw error;
    const pointer = formatPointer(['secrets', name]);
    const { message } = error;
    throw new ConfigError([
      diagnose(config.document, pointer, { severity: 'error', code: 'unreadable-secret', message }),
    ]);
  }
}
