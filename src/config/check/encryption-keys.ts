import { formatPointer } from 'computo-js';
import { readFileSync } from 'node:fs';
import { idOfKey, KeyError, LOOSE_KEY_HINT, looseKeyFile, parseKey } from '../../crypt/index.js';
import { systemReason } from '../../files/index.js';
import type { Diagnostic } from '../diagnostic/index.js';
import { filledText, type Env } from '../env/index.js';
import { resolvePath, type PathBase } from '../load/resolve-path.js';
import type { ConfigText } from '../load/validate.js';
import { diagnose, nodeAt, type SourceDocument, type SourceNode } from '../source/index.js';
import { filesByKey } from './needed-keys.js';

/** Why members of a fleet can not encrypt: their log, journal and budgets are not theirs alone. */
export const FLEET_NOT_ENCRYPTED = {
  message: 'storage.encryption: a fleet keeps its events and answers on the NATS server, where they are not encrypted',
  hint: 'let the daemon work alone; or encrypt the disks of the NATS server, and remove storage.encryption',
} as const;

/** Finds a fleet that is to be encrypted. */
export function encryptedFleet(document: SourceDocument): Diagnostic[] {
  const join = nodeAt(document.root, '/fleet/join')?.value;
  if (nodeAt(document.root, '/storage/encryption') === undefined || (join !== true && join !== 'true')) return [];
  return [diagnose(document, '/fleet/join', { severity: 'error', code: 'invalid-value', ...FLEET_NOT_ENCRYPTED })];
}

/**
 * Finds keys of `storage.encryption` that can't be read or can't be keys, that are there twice or open to others, and files that need
 * others. What a command would give is not known here.
 */
export function encryptionKeys(config: Pick<ConfigText, 'document' | 'env' | 'kinds'>, base: PathBase): Diagnostic[] {
  const { document, env } = config;
  const whole = ['storage', 'encryption'];
  const section = nodeAt(document.root, formatPointer(whole));
  if (section === undefined) return [];
  const old = section.entries?.get('old_keys')?.node.items ?? [];
  const places = [
    { path: [...whole, 'key'], node: section.entries?.get('key')?.node },
    ...old.map((node, at) => ({ path: [...whole, 'old_keys', String(at)], node })),
  ];
  const findings: Diagnostic[] = [];
  const note = (path: readonly string[], finding: Problem): void => {
    // The lines around it would show the key.
    findings.push({ ...diagnose(document, formatPointer(path), finding), frame: undefined });
  };
  /** Where each key is, by its id. */
  const known = new Map<string, string>();
  let isAllKnown = true;
  for (const { path, node } of places) {
    const { id, problems } = node === undefined ? { id: undefined, problems: [] } : judge(node, env, base);
    for (const problem of problems) note(path, problem);
    isAllKnown &&= id !== undefined;
    if (id === undefined) continue;
    const earlier = known.get(id);
    const message = `the same key as ${earlier ?? ''} (${id})`;
    if (earlier !== undefined) note(path, { severity: 'warning', code: 'encryption-key', message, hint: 'remove it' });
    else known.set(id, formatPointer(path));
  }
  if (!isAllKnown) return findings;
  for (const [id, files] of filesByKey(config, base)) {
    if (!known.has(id)) note(whole, missing(id, files, [...known.keys()]));
  }
  return findings;
}

type Problem = Parameters<typeof diagnose>[2];

function missing(id: string, files: readonly string[], known: readonly string[]): Problem {
  const [first = ''] = files;
  const which = files.length === 1 ? `${first} needs` : `${first} and ${files.length - 1} more need`;
  return {
    severity: 'error',
    code: 'encryption-key',
    message: `${which} the key ${id}, and the config has ${known.join(', ')}`,
    hint: 'name that key in old_keys; colloquium log rekey encrypts all with the current one',
  };
}

/** What a key is, and what is wrong with it. `id` is undefined if the key is not known. */
function judge(
  node: SourceNode,
  env: Env,
  base: PathBase,
): { readonly id: string | undefined; readonly problems: readonly Problem[] } {
  const file = node.entries?.get('file')?.node;
  const text = filledText((file ?? node).value ?? null, env);
  // A variable that is not set is told elsewhere.
  if (text === undefined || text === '') return { id: undefined, problems: [] };
  const path = file && resolvePath(base, text);
  const loose = path && looseKeyFile(path);
  const problems: Problem[] =
    loose === undefined ? [] : [{ severity: 'warning', code: 'encryption-key', message: loose, hint: LOOSE_KEY_HINT }];
  try {
    return { id: idOfKey(parseKey(path === undefined ? text : readFileSync(path, 'utf8'))), problems };
  } catch (error) {
    const isWrong = error instanceof KeyError;
    const message = isWrong ? error.message : `cannot read the key in ${text}: ${systemReason(error) ?? String(error)}`;
    const problem = { severity: 'error', code: isWrong ? 'invalid-value' : 'unreadable-secret', message } as const;
    return { id: undefined, problems: [...problems, problem] };
  }
}
