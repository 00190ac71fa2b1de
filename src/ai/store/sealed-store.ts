import { createHmac, randomBytes } from 'node:crypto';
import { isSealedText, keyIdOfText, missingKey, openText, sealText, type KeyRing } from '../../crypt/index.js';
import { StoreDamagedError } from '../../lmdb/index.js';
import type { KeyRange, Store, StoreEntry, Stores } from './store.js';

/** The store whose keys are hashes of prompts. They are hashed once more, with a key: otherwise a guess could be confirmed. */
const HASHED = 'journal';

/** Where the key for that is, encrypted itself. It stays the same when the stores' key changes. */
const OWN = 'crypt';
const HASH_KEY = 'hash-key';
const HASH_KEY_BYTES = 32;

/**
 * Stores whose values are encrypted. What was stored before encryption was on is read as it is, and encrypted when it is written again.
 * Names of stores, keys besides the journal's, and the sizes of values stay visible.
 *
 * @param where for messages
 */
export function sealedStores(inner: Stores, keys: KeyRing, where: string): Stores {
  const values = (name: string): Store => sealedValues(inner.open(name), keys, name, where);
  let hashKey: Promise<Buffer> | undefined;
  return {
    open: (name) =>
      name === HASHED ? hashedKeys(values(name), () => (hashKey ??= openHashKey(values(OWN)))) : values(name),
    close: () => inner.close(),
  };
}

/** Stores that hold nothing encrypted, or else can't be read. @throws KeyError from each read of an encrypted value */
export function refusingSealed(inner: Stores, where: string): Stores {
  const plain = (entry: StoreEntry): StoreEntry => {
    if (isSealedText(entry.value)) throw missingKey(where, keyIdOfText(entry.value), undefined);
    return entry;
  };
  return {
    open(name) {
      const store = inner.open(name);
      return {
        ...store,
        async get(key) {
          const entry = await store.get(key);
          return entry && plain(entry);
        },
        async *scan(range) {
          for await (const entry of store.scan(range)) yield plain(entry);
        },
      };
    },
    close: () => inner.close(),
  };
}

/** The stores that there are. */
const NAMES = ['budget', 'ledger', HASHED, 'limits', 'breakers', 'batches', OWN];

/** Encrypts with the current key what another key or none encrypted. @returns how many values. @throws KeyError; StoreDamagedError */
export async function resealStores(inner: Stores, keys: KeyRing, where: string): Promise<number> {
  const sealed = sealedStores(inner, keys, where);
  let count = 0;
  for (const name of NAMES) {
    const plain = inner.open(name);
    const values = sealedValues(plain, keys, name, where);
    for await (const { key, value, revision } of plain.scan()) {
      if (isSealedText(value) && keyIdOfText(value) === keys.currentId) continue;
      // The journal's old keys are hashed, too.
      if (name === HASHED && !isSealedText(value)) await sealed.open(name).get(key);
      // What another process changes meanwhile, it encrypts itself.
      else await values.compareAndSet(key, openedOf(keys, name, key, value, where), revision);
      count += 1;
    }
  }
  return count;
}

function openedOf(keys: KeyRing, store: string, name: string, value: string, path: string): string {
  const text = openText(keys, { store, name, path }, value);
  if (text === undefined) throw new StoreDamagedError(`${path}: the encrypted value of ${name} in ${store} is damaged`);
  return text;
}

function sealedValues(inner: Store, keys: KeyRing, store: string, path: string): Store {
  const seal = (name: string, value: string): string => sealText(keys, { store, name }, value);
  const opened = (entry: StoreEntry): StoreEntry => ({
    ...entry,
    value: openedOf(keys, store, entry.key, entry.value, path),
  });
  return {
    async get(key) {
      const entry = await inner.get(key);
      return entry && opened(entry);
    },
    put: (key, value) => inner.put(key, seal(key, value)),
    putIfAbsent: (key, value) => inner.putIfAbsent(key, seal(key, value)),
    compareAndSet: (key, value, revision) => inner.compareAndSet(key, seal(key, value), revision),
    remove: (key) => inner.remove(key),
    async *scan(range) {
      for await (const entry of inner.scan(range)) yield opened(entry);
    },
  };
}

/** A value is stored with its key before it, under the key's hash. */
function hashedKeys(inner: Store, hashKey: () => Promise<Buffer>): Store {
  const hashed = async (key: string): Promise<string> =>
    createHmac('sha256', await hashKey())
      .update(key)
      .digest('hex');
  const entryOf = (entry: StoreEntry): StoreEntry => {
    const at = entry.value.indexOf(' ');
    return isHashed(entry) ? { ...entry, key: entry.value.slice(0, at), value: entry.value.slice(at + 1) } : entry;
  };

  /** Moves a value that was stored before encryption was on. */
  const taken = async (key: string): Promise<StoreEntry | undefined> => {
    const former = await inner.get(key);
    if (former === undefined) return undefined;
    await inner.putIfAbsent(await hashed(key), `${key} ${former.value}`);
    await inner.remove(key);
    return await inner.get(await hashed(key));
  };
  const found = async (key: string): Promise<StoreEntry | undefined> => {
    const entry = (await inner.get(await hashed(key))) ?? (await taken(key));
    return entry && { ...entryOf(entry), key };
  };

  return {
    get: found,
    put: async (key, value) => inner.put(await hashed(key), `${key} ${value}`),
    async putIfAbsent(key, value) {
      if ((await found(key)) !== undefined) return false;
      return await inner.putIfAbsent(await hashed(key), `${key} ${value}`);
    },
    compareAndSet: async (key, value, revision) => inner.compareAndSet(await hashed(key), `${key} ${value}`, revision),
    async remove(key) {
      await inner.remove(await hashed(key));
      await inner.remove(key);
    },
    async *scan({ from = '', to }: KeyRange = {}) {
      // Hashes have no order.
      for await (const stored of inner.scan()) {
        const entry = entryOf(stored);
        if (entry.key >= from && (to === undefined || entry.key < to)) yield entry;
      }
    },
  };
}

/** A value that was stored without its key is JSON. */
function isHashed({ value }: StoreEntry): boolean {
  return !value.startsWith('{');
}

async function openHashKey(store: Store): Promise<Buffer> {
  await store.putIfAbsent(HASH_KEY, randomBytes(HASH_KEY_BYTES).toString('hex'));
  const key = Buffer.from((await store.get(HASH_KEY))?.value ?? '', 'hex');
  if (key.length !== HASH_KEY_BYTES) throw new StoreDamagedError('the key of the encrypted journal is damaged');
  return key;
}
