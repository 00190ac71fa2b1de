/** Floor 1: LMDB environments as this program uses them. */
export { StoreDamagedError } from './foreign-file.js';
export { loadLmdb } from './load.js';
export { LmdbMissingError } from './missing-error.js';
export { DATA_FILE, openLmdb } from './open.js';
export { StoreWriteError, writesTo, writing, type Writes } from './store-write-error.js';
