/** One record. A key's revisions only grow while it exists. */
export interface StoreEntry {
  readonly key: string;
  readonly value: string;
  readonly revision: number;
}

/** A range of keys, in order: includes `from`, excludes `to`. */
export interface KeyRange {
  readonly from?: string;
  readonly to?: string;
  readonly reverse?: boolean;
}

/**
 * Named records that several processes share. Keys are short ASCII text, values are text. Every write is atomic for its key, and
 * its promise resolves when the record would survive a power failure. Nothing is guaranteed across keys: a caller that writes two
 * must be correct when only the first exists.
 */
export interface Store {
  get(key: string): Promise<StoreEntry | undefined>;
  put(key: string, value: string): Promise<void>;
  /** @returns false, and writes nothing, if the key exists */
  putIfAbsent(key: string, value: string): Promise<boolean>;
  /** @returns false, and writes nothing, if the key is no longer at this revision */
  compareAndSet(key: string, value: string, revision: number): Promise<boolean>;
  remove(key: string): Promise<void>;
  /** Records written meanwhile may or may not be seen. */
  scan(range?: KeyRange): AsyncIterable<StoreEntry>;
}

/** Stores that are opened and closed together. */
export interface Stores {
  open(name: string): Store;
  close(): Promise<void>;
}
