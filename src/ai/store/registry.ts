import type { KeyRing } from '../../crypt/index.js';
import { lmdbStores, lmdbStoresExist } from './lmdb-store.js';
import { memoryStores } from './memory-store.js';
import type { NatsPlace } from './nats-store.js';
import { refusingSealed, resealStores, sealedStores } from './sealed-store.js';
import type { Stores } from './store.js';

/** Where journal, ledger and budget are stored: a new kind is a file, and a line here and below. */
export type StoreLocation = (
  | { readonly kind: 'lmdb'; readonly folder: string }
  | ({ readonly kind: 'nats' } & NatsPlace)
  | { readonly kind: 'memory' }
) & {
  /** With which values are encrypted. */
  readonly keys?: KeyRing | undefined;
};

/** Whether anything was ever stored there, so that a lookup creates nothing. */
export function storesExist(location: StoreLocation): boolean {
  return location.kind === 'nats' || (location.kind === 'lmdb' && lmdbStoresExist(location.folder));
}

/** @throws Error when the location can't be created or opened */
export async function openStores(location: StoreLocation): Promise<Stores> {
  const stores = await openPlain(location);
  const { keys } = location;
  if (location.kind === 'memory') return stores;
  const where = location.kind === 'lmdb' ? location.folder : location.prefix;
  return keys === undefined ? refusingSealed(stores, where) : sealedStores(stores, keys, where);
}

/** Encrypts with the location's current key all that is stored there. @returns how many values */
export async function rekeyStores(location: StoreLocation): Promise<number> {
  if (location.keys === undefined || location.kind === 'memory') return 0;
  const stores = await openPlain(location);
  try {
    return await resealStores(stores, location.keys, location.kind === 'lmdb' ? location.folder : location.prefix);
  } finally {
    await stores.close();
  }
}

async function openPlain(location: StoreLocation): Promise<Stores> {
  switch (location.kind) {
    case 'lmdb':
      return lmdbStores(location.folder);
    case 'nats':
      return (await import('./nats-store.js')).natsStores(location);
    case 'memory':
      return memoryStores();
  }
}
