import { formatPointer } from 'computo-js';
import type { Diagnostic } from '../diagnostic/index.js';
import { fillPlaceholders, type Env } from '../env/index.js';
import { diagnose, nodeAt, type SourceDocument, type SourceNode } from '../source/index.js';

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

/**
 * Where the keys of an AI provider come from.
 *
 * @returns the setting that has them or should have, and the environment variables in it, if it names any
 */
export function keySources(
  { document }: { readonly document: SourceDocument },
  provider: string,
): { readonly setting: string; readonly variables: readonly string[] } {
  const path = ['ai_providers', provider];
  const entries = nodeAt(document.root, formatPointer(path))?.entries;
  const key = entries?.has('api_keys') === true ? 'api_keys' : 'api_key';
  const node = entries?.get(key)?.node;
  const written = node?.items ?? (node === undefined ? [] : [node]);
  const variables = written.flatMap(({ value }) =>
    typeof value === 'string' ? fillPlaceholders(value, {}).names : [],
  );
  return { setting: [...path, key].join('.'), variables };
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
