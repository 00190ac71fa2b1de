import { randomUUID } from 'node:crypto';
import type { KV } from '@nats-io/kv';
import { keepTrying, type NatsLink } from '../../nats/index.js';

/** The prefix of a value that is stored elsewhere in parts: no JSON starts like this. */
const MARK = '\u0001parts ';
/** Well below the server's usual limit for a message, 1 MiB. */
const PART_BYTES = 512 * 1024;

/** Values larger than a message may be. */
export interface PartedValues {
  /** @returns the value, or where its parts are. Call `settle`, which removes earlier parts, once `stored` is written */
  split(token: string, value: string): Promise<{ readonly stored: string; readonly settle: () => Promise<void> }>;
  /** @returns the value; undefined when parts of it are missing */
  join(token: string, stored: string): Promise<string | undefined>;
  /** Removes the parts of a key's values. */
  forget(token: string): Promise<void>;
}

/** Stores parts in their own bucket, which is created for the first large value. */
export function partedValues(link: NatsLink, bucketName: string, replicas: number): PartedValues {
  let bucket: Promise<KV> | undefined;
  const opened = (): Promise<KV> =>
    (bucket ??= keepTrying(link, () => link.bucket(bucketName, { history: 1, replicas })));
  /** Keys known to have parts: hardly any has, and checking each would double the work. */
  const parted = new Set<string>();
  const purge = async (token: string, before?: number): Promise<void> => {
    // To the server, everything before the first message means everything.
    if (before === 1) return;
    const range = { filter: `$KV.${bucketName}.${token}.>`, ...(before !== undefined && { seq: before }) };
    await keepTrying(link, () => link.jsm.streams.purge(`KV_${bucketName}`, range));
  };

  return {
    async split(token, value) {
      const bytes = Buffer.from(value);
      if (bytes.length <= PART_BYTES) return { stored: value, settle: () => Promise.resolve() };
      const kv = await opened();
      const id = randomUUID();
      const count = Math.ceil(bytes.length / PART_BYTES);
      let first: number | undefined;
      for (let part = 0; part < count; part++) {
        const piece = bytes.subarray(part * PART_BYTES, (part + 1) * PART_BYTES);
        const sequence = await keepTrying(link, () => kv.put(`${token}.${id}.${part}`, piece));
        first ??= sequence;
      }
      parted.add(token);
      return { stored: `${MARK}${id} ${count}`, settle: () => purge(token, first) };
    },
    async join(token, stored) {
      if (!stored.startsWith(MARK)) return stored;
      const kv = await opened();
      const [id, count] = stored.slice(MARK.length).split(' ');
      const pieces: Uint8Array[] = [];
      for (let part = 0; part < Number(count); part++) {
        const piece = await keepTrying(link, () => kv.get(`${token}.${id ?? ''}.${part}`));
        if (piece?.operation !== 'PUT') return undefined;
        pieces.push(piece.value);
      }
      parted.add(token);
      return Buffer.concat(pieces).toString('utf8');
    },
    async forget(token) {
      if (parted.delete(token)) await purge(token);
    },
  };
}
