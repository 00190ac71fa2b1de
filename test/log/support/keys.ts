import { KeyRing } from '../../../src/crypt/index.js';

/** Keys for encrypted logs. */
export const KEYS = newKeys();

/** The same, as another process has them: nothing is known yet of files that they decrypt. */
export function newKeys(): KeyRing {
  return new KeyRing([Buffer.alloc(32, 'a key of a test')]);
}
