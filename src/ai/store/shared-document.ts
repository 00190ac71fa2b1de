import type { Store } from './store.js';

/**
 * A change to a document: the new document and the caller's result. Returning the same document writes nothing. Where documents are
 * copied, it changes what it is given, and returns another object of the same content.
 */
export type DocumentChange<T, R> = (document: T) => { readonly document: T; readonly result: R };

/** One small JSON document that many callers in many processes change, each seeing all earlier changes. */
export interface SharedDocument<T> {
  read(): Promise<T>;
  /** @param change must only compute, because it may be called more than once */
  update<R>(change: DocumentChange<T, R>): Promise<R>;
}

interface Pending<T> {
  /** Applies the change and returns the new document; the caller is notified once the document is written. */
  apply(document: T): T;
  done(): void;
  failed(error: unknown): void;
}

/** How a document is stored. `copy`: what is changed is a copy, made once for all changes that are written together. */
export interface DocumentCodec<T> {
  readonly empty: T;
  readonly copy?: (document: T) => T;
  readonly parse: (text: string) => T;
  readonly print: (document: T) => string;
}

/**
 * Changes by compare-and-set. Changes that arrive during a write wait and are written together: a hundred callers
 * cost two writes, not a hundred.
 */
export function sharedDocument<T>(store: Store, key: string, codec: DocumentCodec<T>): SharedDocument<T> {
  let waiting: Pending<T>[] = [];
  let writing = false;
  /** What was read or written last: mostly nobody else has changed it since. */
  let known: { readonly text: string; readonly document: T } | undefined;

  const load = async (): Promise<{ revision: number | undefined; document: T }> => {
    const entry = await store.get(key);
    if (entry === undefined) return { revision: undefined, document: codec.empty };
    if (known?.text !== entry.value) known = { text: entry.value, document: codec.parse(entry.value) };
    return { revision: entry.revision, document: known.document };
  };

  const writeBatch = async (batch: readonly Pending<T>[]): Promise<void> => {
    for (;;) {
      const { revision, document: stored } = await load();
      const document = codec.copy?.(stored) ?? stored;
      const applied: Pending<T>[] = [];
      let changed = document;
      for (const pending of batch) {
        try {
          changed = pending.apply(changed);
          applied.push(pending);
        } catch (error) {
          pending.failed(error);
        }
      }
      const text = changed === document ? undefined : codec.print(changed);
      const written =
        text === undefined ||
        (revision === undefined ? await store.putIfAbsent(key, text) : await store.compareAndSet(key, text, revision));
      // Another process was faster, so there was progress: retry on what it wrote.
      if (!written) continue;
      if (text !== undefined) known = { text, document: changed };
      for (const pending of applied) pending.done();
      return;
    }
  };

  const writeAll = async (): Promise<void> => {
    writing = true;
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      await writeBatch(batch).catch((error: unknown) => {
        for (const pending of batch) pending.failed(error);
      });
    }
    writing = false;
  };

  return {
    read: async () => (await load()).document,
    update: (change) =>
      new Promise((resolve, reject) => {
        let tell: () => void;
        waiting.push({
          apply(document) {
            const { document: changed, result } = change(document);
            tell = () => resolve(result);
            return changed;
          },
          done: () => tell(),
          failed: reject,
        });
        if (!writing) void writeAll();
      }),
  };
}
