/** Records that processes share and that outlive them. */
export { StoreDamagedError } from '../../lmdb/index.js';
export { memoryStores } from './memory-store.js';
export { openStores, rekeyStores, storesExist, type StoreLocation } from './registry.js';
export { remover, type Remover } from './remover.js';
export { sharedDocument } from './shared-document.js';
export type { KeyRange, Store, Stores } from './store.js';
