import { formatPointer } from 'computo-js';
import { readFileSync } from 'node:fs';
import { KeyError, parseKey } from '../../crypt/index.js';
import { systemReason } from '../../files/index.js';
import type { Diagnostic } from '../diagnostic/index.js';
import { filledText, type Env } from '../env/index.js';
import { resolvePath, type PathBase } from '../load/resolve-path.js';
import { diagnose, nodeAt, type SourceDocument, type SourceNode } from '../source/index.js';

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

/** Finds keys of `storage.encryption` that can't be read or can't be keys. What a command would give is not known here. */
export function encryptionKeys(document: SourceDocument, env: Env, base: PathBase): Diagnostic[] {
  const whole = ['storage', 'encryption'];
  const section = nodeAt(document.root, formatPointer(whole));
  const old = section?.entries?.get('old_keys')?.node.items ?? [];
  const places = [
    { path: [...whole, 'key'], node: section?.entries?.get('key')?.node },
    ...old.map((node, at) => ({ path: [...whole, 'old_keys', String(at)], node })),
  ];
  return places.flatMap(({ path, node }) => {
    const problem = node === undefined ? undefined : keyProblem(node, env, base);
    if (problem === undefined) return [];
    // The lines around it would show the key.
    return [{ ...diagnose(document, formatPointer(path), { severity: 'error', ...problem }), frame: undefined }];
  });
}

function keyProblem(
  node: SourceNode,
  env: Env,
  base: PathBase,
): { readonly code: 'unreadable-secret' | 'invalid-value'; readonly message: string } | undefined {
  const file = node.entries?.get('file')?.node;
  const text = filledText((file ?? node).value ?? null, env);
  // A variable that is not set is told elsewhere.
  if (text === undefined || text === '') return undefined;
  try {
    parseKey(file === undefined ? text : readFileSync(resolvePath(base, text), 'utf8'));
    return undefined;
  } catch (error) {
    if (error instanceof KeyError) return { code: 'invalid-value', message: error.message };
    const reason = systemReason(error) ?? String(error);
    return { code: 'unreadable-secret', message: `cannot read the key in ${text}: ${reason}` };
  }
}
