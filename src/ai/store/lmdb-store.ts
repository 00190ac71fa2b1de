import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Database } from 'lmdb';
import { DATA_FILE, openLmdb, writesTo } from '../../lmdb/index.js';
import type { StoreEntry, KeyRange, Store, Stores } from './store.js';
import { writeRounds, type WriteRounds } from './write-rounds.js';

/** Records read at once by a scan: between two such reads, writers may free old pages. */
const SCAN_BATCH = 256;

export function lmdbStoresExist(folder: string): boolean {
  return existsSync(join(folder, DATA_FILE));
}

/**
 * Stores in a folder of this machine, shared by any number of processes.
 *
 * @throws Error of the file system when the folder can't be created or opened; StoreDamagedError; their writes, StoreWriteError
 */
export async function lmdbStores(folder: string): Promise<Stores> {
  const root = await openLmdb(folder);
  const writes = writesTo(folder);
  const rounds = writeRounds(root, writes);
  return {
    open: (name) => lmdbStore(root.openDB<string, string>({ name, encoding: 'string', useVersions: true }), rounds),
    async close() {
      // It would wait for writes that never end.
      if (writes.haveFailed) return;
      await rounds.idle();
      await root.close();
    },
  };
}

function lmdbStore(db: Database<string, string>, rounds: WriteRounds): Store {
  const revisionOf = (key: string): number | undefined => {
    // Otherwise reads would show the state at this event turn's first read, which another process may have changed since.
    db.resetReadTxn();
    return db.getEntry(key)?.version;
  };
  const add = (key: string, value: string): Promise<boolean> =>
    db.ifNoExists(key, () => {
      // The caller that waits for the whole receives the error.
      db.put(key, value, 1).catch(() => undefined);
    });
  const replace = (key: string, value: string, revision: number): Promise<boolean> =>
    db.put(key, value, revision + 1, revision);

  return {
    get(key) {
      db.resetReadTxn();
      const found = db.getEntry(key);
      return Promise.resolve(found && { key, value: found.value, revision: found.version ?? 0 });
    },
    async put(key, value) {
      // No explicit transaction: one with a callback would prevent a process that is told to exit from ever ending.
      for (let written = false; !written;) {
        written = await rounds.write(value.length, () => {
          const revision = revisionOf(key);
          return revision === undefined ? add(key, value) : replace(key, value, revision);
        });
      }
    },
    putIfAbsent: (key, value) => rounds.write(value.length, () => add(key, value)),
    compareAndSet: (key, value, revision) => rounds.write(value.length, () => replace(key, value, revision)),
    async remove(key) {
      await rounds.write(0, () => db.remove(key));
    },
    async *scan(range = {}) {
      let rest: KeyRange | undefined = range;
      while (rest !== undefined) {
        await Promise.resolve();
        db.resetReadTxn();
        const batch = read(db, rest);
        yield* batch;
        const last = batch.at(-1);
        rest = batch.length < SCAN_BATCH || last === undefined ? undefined : after(last.key, range);
      }
    },
  };
}

function read(db: Database<string, string>, { from, to, reverse = false }: KeyRange): StoreEntry[] {
  const [start, end] = reverse ? [to, from] : [from, to];
  const found = db.getRange({
    ...(start !== undefined && { start }),
    ...(end !== undefined && { end }),
    // A backward range starts at its upper end, which ours exclude, and ends at its lower one, which ours include.
    ...(reverse && { reverse, exclusiveStart: true, inclusiveEnd: true }),
    limit: SCAN_BATCH,
    versions: true,
  });
  return [...found].map(({ key, value, version }) => ({ key, value, revision: version ?? 0 }));
}

function after(key: string, range: KeyRange): KeyRange {
  return range.reverse === true ? { ...range, to: key } : { ...range, from: `${key}\u0000` };
}
