import type { Store } from '../store/index.js';
import type { AiWorld } from '../ai-world.js';
import { pruneStore, type Pruned } from './prune.js';
import { parseRecord, printRecord, type CallRecord } from './record.js';

export interface JournalOptions {
  /** How long an answer is kept and used, in milliseconds. */
  readonly ttlMs: number;
  /** Beyond this size the oldest records are removed. */
  readonly bytesMax: number;
}

export interface Found {
  readonly key: string;
  readonly record: CallRecord;
  readonly revision: number;
}

/** Stores calls: their answers, and which of them are under way. */
export interface Journal {
  /** An expired answer counts as missing. */
  get(key: string): Promise<Found | undefined>;
  /** @returns false if somebody else changed the call since it was found (or started it, without `found`) */
  claim(key: string, record: CallRecord, found?: Found): Promise<boolean>;
  /** For the owner of an open call. */
  put(key: string, record: CallRecord): Promise<void>;
  remove(key: string): Promise<void>;
  /** @param prefix only calls whose key starts with it */
  all(prefix?: string): AsyncIterable<Found>;
  /** Removes expired records, then the oldest ones until the size fits. Calls under way stay. */
  prune(): Promise<Pruned>;
}

/** The size is checked each time this fraction of the limit has been written. */
const PRUNE_EVERY_SHARE = 16;

export function createJournal(store: Store, options: JournalOptions, world: AiWorld): Journal {
  let written = 0;
  let pruning: Promise<Pruned> | undefined;

  const isExpired = ({ state, time }: CallRecord): boolean =>
    state.kind === 'ended' && time < world.now() - options.ttlMs;

  const prune = (): Promise<Pruned> => {
    pruning ??= pruneStore(store, { before: world.now() - options.ttlMs, bytesMax: options.bytesMax }).finally(() => {
      pruning = undefined;
    });
    return pruning;
  };

  const printed = async (record: CallRecord): Promise<string> => {
    const text = printRecord(record);
    written += text.length;
    if (written > options.bytesMax / PRUNE_EVERY_SHARE) {
      written = 0;
      await prune();
    }
    return text;
  };

  return {
    async get(key) {
      const entry = await store.get(key);
      if (entry === undefined) return undefined;
      const found = { key, record: parseRecord(entry.value), revision: entry.revision };
      return isExpired(found.record) ? undefined : found;
    },
    async claim(key, record, found) {
      const text = await printed(record);
      if (found !== undefined) return store.compareAndSet(key, text, found.revision);
      if (await store.putIfAbsent(key, text)) return true;
      const entry = await store.get(key);
      if (entry === undefined || !isExpired(parseRecord(entry.value))) return false;
      return store.compareAndSet(key, text, entry.revision);
    },
    put: async (key, record) => store.put(key, await printed(record)),
    remove: (key) => store.remove(key),
    async *all(prefix = '') {
      for await (const { key, value, revision } of store.scan({ from: prefix, to: `${prefix}~` }))
        yield { key, record: parseRecord(value), revision };
    },
    prune,
  };
}
