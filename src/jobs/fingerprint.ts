import { createHash } from 'node:crypto';
import { resolveSecret, SecretError, type SecretRef } from '../config/index.js';

/**
 * Tells whether a secret is another one than before, without keeping it.
 *
 * @returns undefined without a secret; for one that can't be read, the reason
 */
export async function fingerprintOf(ref: SecretRef | undefined): Promise<string | undefined> {
  if (ref === undefined) return undefined;
  try {
    return digest((await resolveSecret(ref)).reveal());
  } catch (error) {
    if (error instanceof SecretError) return error.message;
    throw error;
  }
}

export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
