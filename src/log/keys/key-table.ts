/*
 * All keys are in an LMDB environment beside the segments, so that neither their number nor the time to start is bounded by
 * memory. There are two tables, keyed by bytes:
 *
 *   ids      hash of the key → "timestamp:id" of its record, or "timestamp;fingerprint:id"
 *   times    timestamp, first hash → the hashes of some keys whose records have that timestamp; used to remove the oldest
 */
import { open as openFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Database, RootDatabase } from 'lmdb';
import { loadLmdb } from '../../lmdb/index.js';
import type { Claim } from './key-index.js';

const TIMESTAMP_BYTES = 8;

/** The most changes in one transaction, so that nothing has to wait long for it. */
const STEP = 10_000;

const HASH_DIGITS = 32;

/** How many claims {@link allOf} yields at a time. */
const SOME = 1000;

type Table = Database<string, Buffer>;

/** A key that was claimed, or whose claim was withdrawn. */
export type KeyChange = Claim & { readonly isGone: boolean };

export interface KeyTable {
  find(hash: string): Claim | undefined;
  /** Makes changes in order; they are durable when the promise resolves. */
  change(changes: readonly KeyChange[]): Promise<void>;
  /** All claims of records from `timestamp` on, ordered by time. */
  since(timestamp: number): Generator<Claim, void, void>;
  forgetBefore(timestamp: number): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the table in an existing folder.
 *
 * @param readOnly for a reader beside the table's owner
 * @throws LmdbMissingError
 */
export async function openKeyTable(folder: string, readOnly = false): Promise<KeyTable> {
  const { open } = await loadLmdb();
  if (!readOnly) await makePrivate(folder);
  const root: RootDatabase<string, Buffer> = open({
    path: folder,
    encoding: 'string',
    keyEncoding: 'binary',
    maxDbs: 4,
    readOnly,
  });
  const table = (name: string): Table => root.openDB({ name, encoding: 'string', keyEncoding: 'binary' });
  const ids = table('ids');
  const times = table('times');

  const durably = async (queueChanges: () => void): Promise<void> => {
    await root.batch(queueChanges);
    await root.flushed;
    // Reads show the state at the first read of this event-loop turn: make the next read see the change.
    root.resetReadTxn();
  };

  const find = (hash: string): Claim | undefined => {
    const value = ids.get(Buffer.from(hash, 'hex'));
    return value === undefined ? undefined : { hash, ...parseValue(value) };
  };

  /** Queues one change. A failure fails the whole batch and is reported there. */
  const make = (change: KeyChange): void => {
    const key = Buffer.from(change.hash, 'hex');
    const value = valueOf(change);
    if (!change.isGone) ids.put(key, value).catch(ignore);
    // Another record may have the key by now.
    else if (ids.get(key) === value) ids.remove(key).catch(ignore);
  };

  /** Queues an entry in `times` for keys whose records have the same timestamp. */
  const noteTimes = (changes: readonly KeyChange[]): void => {
    let first: KeyChange | undefined;
    let hashes = '';
    const note = (): void => {
      if (first !== undefined) times.put(timeKey(first.timestamp, first.hash), hashes).catch(ignore);
    };
    for (const change of changes) {
      if (first?.timestamp !== change.timestamp) {
        note();
        first = change;
        hashes = '';
      }
      hashes += change.hash;
    }
    note();
  };

  return {
    find,

    async change(changes) {
      for (let at = 0; at < changes.length; at += STEP) {
        await durably(() => {
          const some = changes.slice(at, at + STEP);
          for (const change of some) make(change);
          noteTimes(some.filter(({ isGone }) => !isGone));
        });
      }
    },

    *since(timestamp) {
      for (const { key, value } of times.getRange({ start: timeKey(timestamp, '') })) {
        for (const hash of hashesOf(value)) {
          const claim = find(hash);
          if (claim !== undefined && claim.timestamp === timeOf(key)) yield claim;
        }
      }
    },

    async forgetBefore(timestamp) {
      for (;;) {
        const keys: Buffer[] = [];
        const hashes: string[] = [];
        for (const { key, value } of times.getRange({ end: timeKey(timestamp, '') })) {
          keys.push(key);
          hashes.push(...hashesOf(value));
          if (hashes.length >= STEP) break;
        }
        if (keys.length === 0) return;
        await durably(() => {
          for (const hash of hashes) {
            if ((find(hash)?.timestamp ?? timestamp) < timestamp) ids.remove(Buffer.from(hash, 'hex')).catch(ignore);
          }
          for (const key of keys) times.remove(key).catch(ignore);
        });
      }
    },

    close: () => root.close(),
  };
}

/** All claims, ordered by time, in batches. */
export function* allOf(table: KeyTable): Generator<readonly Claim[], void, void> {
  let some: Claim[] = [];
  for (const claim of table.since(0)) {
    some.push(claim);
    if (some.length < SOME) continue;
    yield some;
    some = [];
  }
  if (some.length > 0) yield some;
}

/** LMDB would create files that others can read, but it accepts our empty file instead. */
async function makePrivate(folder: string): Promise<void> {
  for (const name of ['data.mdb', 'lock.mdb']) await (await openFile(join(folder, name), 'a', 0o600)).close();
}

function valueOf({ id, timestamp, fingerprint }: Claim): string {
  return fingerprint === undefined ? `${timestamp}:${id}` : `${timestamp};${fingerprint}:${id}`;
}

function parseValue(value: string): Omit<Claim, 'hash'> {
  const colon = value.indexOf(':');
  const [timestamp, fingerprint] = value.slice(0, colon).split(';');
  return {
    id: value.slice(colon + 1),
    timestamp: Number(timestamp),
    ...(fingerprint !== undefined && { fingerprint }),
  };
}

/** A key that sorts by time. */
function timeKey(timestamp: number, hash: string): Buffer {
  const key = Buffer.alloc(TIMESTAMP_BYTES + hash.length / 2);
  key.writeBigUInt64BE(BigInt(Math.max(0, timestamp)));
  key.write(hash, TIMESTAMP_BYTES, 'hex');
  return key;
}

function timeOf(key: Buffer): number {
  return Number(key.readBigUInt64BE());
}

function hashesOf(text: string): string[] {
  return Array.from({ length: text.length / HASH_DIGITS }, (_, i) =>
    text.slice(i * HASH_DIGITS, (i + 1) * HASH_DIGITS),
  );
}

function ignore(): void {
  // The batch reports it.
}
