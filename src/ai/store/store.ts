/** One record. Revisions of a key only grow, as long as it is there. */
export interface StoreEntry {
  readonly key: string;
  readonly value: string;
  readonly revision: number;
}

/** A stretch of keys, in their order: `from` included, `to` excluded. */
export interface KeyRange {
  readonly from?: string;
  readonly to?: string;
  readonly reverse?: boolean;
}

/**
 * Named records that several processes share. Keys are short ASCII text, values are text. Every write is atomic for its key, and
 * its promise resolves when the record would survive a loss of power. Nothing is promised across keys: whoever writes two of them
 * has to be right when only the first is there.
 */
export interface Store {
  get(key: string): Promise<StoreEntry | undefined>;
  put(key: string, value: string): Promise<void>;
  /** @returns false, and writes nothing, if the key is there */
  putIfAbsent(key: string, value: string): Promise<boolean>;
  /** @returns false, and writes nothing, if the key is not at this revision any more */
  compareAndSet(key: string, value: string, revision: number): Promise<boolean>;
  remove(key: string): Promise<void>;
  /** Records written meanwhile may or may not be seen. */
  scan(range?: KeyRange): AsyncIterable<StoreEntry>;
}

/** A set of stores that open and close together. */
export interface Stores {
  open(name: string): Store;
  close(): Promise<void>;
}
