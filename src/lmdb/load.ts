import type * as Lmdb from 'lmdb';
import { LmdbMissingError } from './missing-error.js';

/**
 * Loads LMDB's package, which is loaded only here.
 *
 * @throws LmdbMissingError
 */
export async function loadLmdb(): Promise<typeof Lmdb> {
  try {
    return await import('lmdb');
  } catch (error) {
    throw new LmdbMissingError(error);
  }
}
