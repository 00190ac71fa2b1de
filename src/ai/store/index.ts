/** Records that processes share and that survive them. */
export { openStores, storesExist, type StoreLocation } from './registry.js';
export { sharedDocument, type SharedDocument } from './shared-document.js';
export type { Entry, KeyRange, Store, Stores } from './store.js';
