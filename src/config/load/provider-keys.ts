import { formatPointer } from 'computo-js';
import type { Diagnostic } from '../diagnostic/index.js';
import { fillPlaceholders, type Env } from '../env/index.js';
import { diagnose, type SourceDocument, type SourceNode } from '../source/index.js';

/** Finds mistakes in the keys of an AI provider as written: both ways of giving them used, or one key repeated. */
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
 * Finds equal keys of an AI provider: the limits of one key would be counted for two.
 *
 * @param keys in the order of `api_keys`; undefined for an unknown one
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
