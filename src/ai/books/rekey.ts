import { ownersIn } from '../owner/index.js';
import { rekeyStores, type StoreLocation } from '../store/index.js';

/**
 * Encrypts journal, ledger and budget in a folder with the current key. Other processes may use them meanwhile.
 *
 * @returns how many values were encrypted anew
 * @throws StateInUseError; KeyError; StoreDamagedError
 */
export async function rekeyBooks(location: Extract<StoreLocation, { kind: 'lmdb' }>): Promise<number> {
  const sharers = await ownersIn(location.folder);
  try {
    return await rekeyStores(location);
  } finally {
    await sharers.release();
  }
}
