import { randomUUID } from 'node:crypto';
import type { JetStreamPublishOptions } from '@nats-io/jetstream';
import type { KV } from '@nats-io/kv';
import { keepTrying, textOfToken, tokenOf, type NatsLink } from '../../nats/index.js';
import { StoreDamagedError } from '../../lmdb/index.js';
import { partedValues, type PartedValues } from './nats-parts.js';
import type { StoreEntry, KeyRange, Store, Stores } from './store.js';

/** From nats-server's `errors.json`: the key is not at the expected revision. */
const WRONG_LAST_SEQUENCE = 10_071;
/** Values that a scan requests at a time. */
const SCAN_BATCH = 64;
const PARTS_ATTEMPTS = 10;

/** Where a NATS server holds the stores: in key-value buckets whose names start with the prefix. */
export interface NatsPlace {
  readonly link: NatsLink;
  /** Letters, digits, `-` and `_`. */
  readonly prefix: string;
  /** Copies that a cluster keeps of each bucket. */
  readonly replicas: number;
}

/**
 * Stores shared by any number of machines: each is a key-value bucket of JetStream. Operations wait for an unreachable server until
 * the link is closed. A write is as durable as the server's streams: it survives the server's process, and with
 * several replicas the loss of machines.
 *
 * Closing the stores does not close the link: it belongs to whoever opened it.
 */
export function natsStores({ link, prefix, replicas }: NatsPlace): Stores {
  const stores = new Map<string, Store>();
  const open = (name: string): Store => {
    const bucketName = `${prefix}_${name}`;
    const bucket = lazily(() => keepTrying(link, () => link.bucket(bucketName, { history: 1, replicas })));
    return natsStore(link, bucketName, bucket, partedValues(link, `${bucketName}_parts`, replicas));
  };
  return {
    open(name) {
      const store = stores.get(name) ?? open(name);
      stores.set(name, store);
      return store;
    },
    close: () => Promise.resolve(),
  };
}

function natsStore(link: NatsLink, bucketName: string, bucket: () => Promise<KV>, parts: PartedValues): Store {
  const subjectOf = (token: string): string => `$KV.${bucketName}.${token}`;

  /** Every write has an id, by which the server recognizes a repeated write, so that it can be repeated if its answer was lost. */
  const write = async (key: string, value: string, expect?: JetStreamPublishOptions['expect']): Promise<boolean> => {
    await bucket();
    const token = tokenOf(key);
    const { stored, settle } = await parts.split(token, value);
    const options = { msgID: randomUUID(), ...(expect && { expect }) };
    try {
      await keepTrying(link, () => link.js.publish(subjectOf(token), stored, options));
      await settle();
      return true;
    } catch (error) {
      if (isConflict(error)) return false;
      throw error;
    }
  };

  const get = async (key: string): Promise<StoreEntry | undefined> => {
    const kv = await bucket();
    const token = tokenOf(key);
    // The parts are missing while another process is rewriting the value; they reappear in a moment.
    for (let attempt = 0; attempt < PARTS_ATTEMPTS; attempt++) {
      const found = await keepTrying(link, () => kv.get(token));
      if (found === null || found.operation !== 'PUT') return undefined;
      const value = await parts.join(token, found.string());
      if (value !== undefined) return { key, value, revision: found.revision };
    }
    throw new StoreDamagedError(`parts of the value of ${key} are missing in the bucket ${bucketName}`);
  };

  return {
    get,
    async put(key, value) {
      await write(key, value);
    },
    putIfAbsent: (key, value) => write(key, value, { lastSubjectSequence: 0 }),
    compareAndSet: (key, value, revision) => write(key, value, { lastSubjectSequence: revision }),
    async remove(key) {
      await bucket();
      const token = tokenOf(key);
      // A deletion by the key-value protocol would leave a marker forever.
      await keepTrying(link, () => link.jsm.streams.purge(`KV_${bucketName}`, { filter: subjectOf(token) }));
      await parts.forget(token);
    },
    async *scan(range = {}) {
      const kv = await bucket();
      // The server does not order keys: they are sorted here, and values are fetched in batches.
      const keys = await keepTrying(link, () => keysIn(kv, range));
      for (let at = 0; at < keys.length; at += SCAN_BATCH) {
        const found = await Promise.all(keys.slice(at, at + SCAN_BATCH).map(get));
        for (const entry of found) if (entry !== undefined) yield entry;
      }
    },
  };
}

async function keysIn(kv: KV, { from = '', to, reverse = false }: KeyRange): Promise<string[]> {
  const keys: string[] = [];
  for await (const token of await kv.keys()) {
    const key = textOfToken(token);
    if (key >= from && (to === undefined || key < to)) keys.push(key);
  }
  keys.sort();
  return reverse ? keys.reverse() : keys;
}

function isConflict(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === WRONG_LAST_SEQUENCE;
}

function lazily<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () =>
    (made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    }));
}
