/*
 * Keys lie in an LMDB environment beside the segments, so that neither their number nor the time to start is bounded by
 * memory. Three tables, keyed by bytes:
 *
 *   ids      hash of the key → "timestamp:id" of its record
 *   times    timestamp, hash → nothing; to forget the oldest
 *   last     "last" → the hashes of the last claim, in hex
 */
import { createHash } from 'node:crypto';
import { mkdir, open as openFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Database, RootDatabase } from 'lmdb';
import type { KeyIndex, StoredClaim } from './key-index.js';

/** 128 bits: no two keys of a log will ever share them. */
const HASH_BYTES = 16;
const TIMESTAMP_BYTES = 8;
const LAST = Buffer.from('last');

/** Removed in one transaction at most, so that an append never waits long for it. */
const FORGET_STEP = 5000;

type Table = Database<string, Buffer>;

/** Opens the index of keys in a folder, which must be there. */
export async function openKeyIndex(folder: string): Promise<KeyIndex> {
  const { open } = await import('lmdb');
  await makePrivate(folder);
  const root: RootDatabase<string, Buffer> = open({
    path: folder,
    encoding: 'string',
    keyEncoding: 'binary',
    maxDbs: 4,
  });
  const table = (name: string): Table => root.openDB({ name, encoding: 'string', keyEncoding: 'binary' });
  const ids = table('ids');
  const times = table('times');
  const last = table('last');
  /** Claims whose records were not stored, and that could not be taken back: hash in hex → hash and timestamp. */
  const withdrawn = new Map<string, StoredClaim>();

  const durably = async (change: () => void): Promise<void> => {
    await root.transaction(change);
    await root.flushed;
    // Reads show the state of this event turn's first read: let the next see the change.
    root.resetReadTxn();
  };

  /** Takes claims out, but for keys that were claimed anew since. */
  const remove = (claims: Iterable<StoredClaim>): void => {
    for (const { hash, id, timestamp } of claims) {
      if (ids.get(hash) === valueOf(id, timestamp)) void ids.remove(hash);
      void times.remove(timeKey(timestamp, hash));
    }
  };

  const stored = (hash: Buffer): StoredClaim | undefined => {
    const value = ids.get(hash);
    return value === undefined ? undefined : { hash, ...parseValue(value) };
  };

  return {
    find(key) {
      const hash = hashOf(key);
      return withdrawn.has(hash.toString('hex')) ? undefined : stored(hash)?.id;
    },

    async claim(claims) {
      const noted = claims.map(({ key, id, timestamp }) => ({ hash: hashOf(key), id, timestamp }));
      await durably(() => {
        remove(withdrawn.values());
        for (const { hash, id, timestamp } of noted) {
          void ids.put(hash, valueOf(id, timestamp));
          void times.put(timeKey(timestamp, hash), '');
        }
        void last.put(LAST, noted.map(({ hash }) => hash.toString('hex')).join());
      });
      withdrawn.clear();
    },

    async withdraw(claims) {
      for (const { key, id, timestamp } of claims) {
        const hash = hashOf(key);
        withdrawn.set(hash.toString('hex'), { hash, id, timestamp });
      }
      try {
        await durably(() => remove(withdrawn.values()));
        withdrawn.clear();
      } catch {
        // The next claim takes them back before it notes its own, or fails.
        return;
      }
    },

    unsettled(since) {
      const hashes = new Set((last.get(LAST) ?? '').split(',').filter((hash) => hash !== ''));
      for (const key of times.getKeys({ start: timeKey(since, Buffer.alloc(0)) })) {
        hashes.add(key.toString('hex', TIMESTAMP_BYTES));
      }
      return [...hashes].map((hash) => stored(Buffer.from(hash, 'hex'))).filter((claim) => claim !== undefined);
    },

    drop: (claims) => durably(() => remove(claims)),

    async forgetBefore(timestamp) {
      const end = timeKey(timestamp, Buffer.alloc(0));
      for (;;) {
        const oldest = [...times.getKeys({ end, limit: FORGET_STEP })];
        if (oldest.length === 0) return;
        await durably(() => {
          for (const key of oldest) {
            const hash = key.subarray(TIMESTAMP_BYTES);
            if ((stored(hash)?.timestamp ?? timestamp) < timestamp) void ids.remove(hash);
            void times.remove(key);
          }
        });
      }
    },

    close: () => root.close(),
  };
}

/** LMDB would create its files open to others: an empty file of ours is as good as none to it. */
async function makePrivate(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const name of ['data.mdb', 'lock.mdb']) await (await openFile(join(folder, name), 'a', 0o600)).close();
}

function hashOf(key: string): Buffer {
  return createHash('sha256').update(key).digest().subarray(0, HASH_BYTES);
}

function valueOf(id: string, timestamp: number): string {
  return `${timestamp}:${id}`;
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
