import { formatPointer } from 'computo-js';
import type { Diagnostic } from '../diagnostic/index.js';
import { fillPlaceholders, type Env } from '../env/index.js';
import { diagnose, type SourceDocument, type SourceNode } from '../source/index.js';

/** What is wrong with the keys of an AI provider as they are written: given in both ways, or one of them twice. */
export function keyProblems(
  { document, env }: { readonly document: SourceDocument; readonly env: Env },
  provider: string,
  { entries }: SourceNode,
): Diagnostic[] {
  const keys = entries?.get('api_keys')?.node.items;
  const both = entries?.has('api_key') === true && entries.has('api_keys');
  return [
    ...(both ? [bothWays(document, provider)] : []),
    ...repeatedKeys(
      document,
      provider,
      keys?.map(({ value }) =>
        typeof value === 'string' ? fillPlaceholders(value, env).text : JSON.stringify(value),
      ) ?? [],
    ),
  ];
}

/**
 * Keys of an AI provider that are the same: the limits of one key would be counted for two.
 *
 * @param keys in the order of `api_keys`; undefined for one that is not known
 */
export function repeatedKeys(
  document: SourceDocument,
  provider: string,
  keys: readonly (string | undefined)[],
): Diagnostic[] {
  return keys.flatMap((key, index) => {
    const first = keys.indexOf(key);
    if (key === undefined || first === index) return [];
    const finding = {
      severity: 'error',
      code: 'invalid-value',
      message: `ai_providers.${provider}.api_keys[${index}]: the same key as api_keys[${first}], whose limits it shares`,
      hint: 'list each key once',
    } as const;
    return [diagnose(document, formatPointer(['ai_providers', provider, 'api_keys', String(index)]), finding)];
  });
}

function bothWays(document: SourceDocument, provider: string): Diagnostic {
  const finding = {
    severity: 'error',
    code: 'invalid-value',
    message: `ai_providers.${provider}: api_key and api_keys exclude one another`,
    hint: 'list all keys under api_keys',
  } as const;
  return diagnose(document, formatPointer(['ai_providers', provider, 'api_keys']), finding, 'key');
}
