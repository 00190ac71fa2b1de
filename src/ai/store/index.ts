/** Records that processes share and that survive them. */
export { StoreDamagedError } from './lmdb-file.js';
export { openStores, storesExist, type StoreLocation } from './registry.js';
export { sharedDocument, type SharedDocument } from './shared-document.js';
export type { Entry, KeyRange, Store, Stores } from './store.js';
