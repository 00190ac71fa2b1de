import { lmdbStores, lmdbStoresExist } from './lmdb-store.js';
import { memoryStores } from './memory-store.js';
import type { NatsPlace } from './nats-store.js';
import type { Stores } from './store.js';

/** Where journal, ledger and budget are stored: a new kind is a file, and a line here and below. */
export type StoreLocation =
  | { readonly kind: 'lmdb'; readonly folder: string }
  | ({ readonly kind: 'nats' } & NatsPlace)
  | { readonly kind: 'memory' };

/** Whether anything was ever stored there, so that a lookup creates nothing. */
export function storesExist(location: StoreLocation): boolean {
  return location.kind === 'nats' || (location.kind === 'lmdb' && lmdbStoresExist(location.folder));
}

/** @throws Error when the location can't be created or opened */
export async function openStores(location: StoreLocation): Promise<Stores> {
  switch (location.kind) {
    case 'lmdb':
      return lmdbStores(location.folder);
    case 'nats':
      return (await import('./nats-store.js')).natsStores(location);
    case 'memory':
      return memoryStores();
  }
}
