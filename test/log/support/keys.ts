import { KeyRing } from '../../../src/crypt/index.js';

/** Keys for encrypted logs. */
export const KEYS = new KeyRing([Buffer.alloc(32, 'a key of a test')]);
