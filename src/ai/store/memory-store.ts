import type { StoreEntry, KeyRange, Store, Stores } from './store.js';

/** Stores that last as long as the process: for estimates, which must leave no trace. */
export function memoryStores(): Stores {
  const stores = new Map<string, Store>();
  return {
    open(name) {
      const store = stores.get(name) ?? memoryStore();
      stores.set(name, store);
      return store;
    },
    close: () => Promise.resolve(),
  };
}

function memoryStore(): Store {
  const entries = new Map<string, StoreEntry>();
  let revision = 0;
  const write = (key: string, value: string): void => void entries.set(key, { key, value, revision: ++revision });

  return {
    get: (key) => Promise.resolve(entries.get(key)),
    put(key, value) {
      write(key, value);
      return Promise.resolve();
    },
    putIfAbsent(key, value) {
      const absent = !entries.has(key);
      if (absent) write(key, value);
      return Promise.resolve(absent);
    },
    compareAndSet(key, value, expected) {
      const same = entries.get(key)?.revision === expected;
      if (same) write(key, value);
      return Promise.resolve(same);
    },
    remove(key) {
      entries.delete(key);
      return Promise.resolve();
    },
    async *scan(range: KeyRange = {}) {
      const { from = '', to, reverse = false } = range;
      const keys = [...entries.keys()].filter((key) => key >= from && (to === undefined || key < to)).sort();
      for (const key of reverse ? keys.reverse() : keys) {
        const entry = await Promise.resolve(entries.get(key));
        if (entry !== undefined) yield entry;
      }
    },
  };
}
