/*
 * All keys lie in an LMDB environment beside the segments, so that neither their number nor the time to start is bounded by
 * memory. Two tables, keyed by bytes:
 *
 *   ids      hash of the key → "timestamp:id" of its record
 *   times    timestamp, hash → nothing; to forget the oldest
 */
import { open as openFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Database, RootDatabase } from 'lmdb';
import type { StoredClaim } from './key-index.js';

const TIMESTAMP_BYTES = 8;

/** Changed in one transaction at most, so that nobody waits long for it. */
const STEP = 2000;

/** Claims that {@link allOf} gives at a time. */
const SOME = 1000;

type Table = Database<string, Buffer>;

/** A key that was claimed, or is no longer. */
export type Change = StoredClaim & { readonly isGone: boolean };

export interface KeyTable {
  find(hash: string): StoredClaim | undefined;
  /** Makes changes in their order; durable when the promise resolves. */
  change(changes: readonly Change[]): Promise<void>;
  /** All claims of records from `timestamp` on, in the order of time. */
  since(timestamp: number): Generator<StoredClaim, void, void>;
  forgetBefore(timestamp: number): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the table in a folder, which must be there.
 *
 * @param readOnly beside its owner
 */
export async function openKeyTable(folder: string, readOnly = false): Promise<KeyTable> {
  const { open } = await import('lmdb');
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

  const durably = async (change: () => void): Promise<void> => {
    await root.transaction(change);
    await root.flushed;
    // Reads show the state of this event turn's first read: let the next see the change.
    root.resetReadTxn();
  };

  const find = (hash: Buffer): StoredClaim | undefined => {
    const value = ids.get(hash);
    return value === undefined ? undefined : { hash: hash.toString('hex'), ...parseValue(value) };
  };

  const make = ({ hash: hex, id, timestamp, isGone }: Change): void => {
    const hash = Buffer.from(hex, 'hex');
    const value = `${timestamp}:${id}`;
    if (isGone) {
      // Another record may have the key by now.
      if (ids.get(hash) === value) void ids.remove(hash);
      void times.remove(timeKey(timestamp, hash));
    } else {
      void ids.put(hash, value);
      void times.put(timeKey(timestamp, hash), '');
    }
  };

  return {
    find: (hash) => find(Buffer.from(hash, 'hex')),

    async change(changes) {
      for (let at = 0; at < changes.length; at += STEP) {
        await durably(() => {
          for (const change of changes.slice(at, at + STEP)) make(change);
        });
      }
    },

    *since(timestamp) {
      for (const key of times.getKeys({ start: timeKey(timestamp, Buffer.alloc(0)) })) {
        const claim = find(key.subarray(TIMESTAMP_BYTES));
        if (claim !== undefined && claim.timestamp === Number(key.readBigUInt64BE())) yield claim;
      }
    },

    async forgetBefore(timestamp) {
      const end = timeKey(timestamp, Buffer.alloc(0));
      for (;;) {
        const oldest = [...times.getKeys({ end, limit: STEP })];
        if (oldest.length === 0) return;
        await durably(() => {
          for (const key of oldest) {
            const hash = key.subarray(TIMESTAMP_BYTES);
            if ((find(hash)?.timestamp ?? timestamp) < timestamp) void ids.remove(hash);
            void times.remove(key);
          }
        });
      }
    },

    close: () => root.close(),
  };
}

/** Every claim, in the order of time, some at a time. */
export function* allOf(table: KeyTable): Generator<readonly StoredClaim[], void, void> {
  let some: StoredClaim[] = [];
  for (const claim of table.since(0)) {
    some.push(claim);
    if (some.length < SOME) continue;
    yield some;
    some = [];
  }
  if (some.length > 0) yield some;
}

/** LMDB would create its files open to others: an empty file of ours is as good as none to it. */
async function makePrivate(folder: string): Promise<void> {
  for (const name of ['data.mdb', 'lock.mdb']) await (await openFile(join(folder, name), 'a', 0o600)).close();
}

function parseValue(value: string): { id: string; timestamp: number } {
  const colon = value.indexOf(':');
  return { id: value.slice(colon + 1), timestamp: Number(value.slice(0, colon)) };
}

/** Sorts by time. */
function timeKey(timestamp: number, hash: Buffer): Buffer {
  const key = Buffer.alloc(TIMESTAMP_BYTES + hash.length);
  key.writeBigUInt64BE(BigInt(Math.max(0, timestamp)));
  hash.copy(key, TIMESTAMP_BYTES);
  return key;
}
