import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { KeyError } from './key-error.js';

const KEY_BYTES = 32;
const ID_BYTES = 8;
const DERIVED_MAX = 256;

/** Parses a key: 32 bytes, as 64 hexadecimal digits or as base64. White space around it is ignored. @throws KeyError */
export function parseKey(text: string): Buffer {
  const trimmed = text.trim();
  if (/^[0-9a-fA-F]{64}$/.test(trimmed)) return Buffer.from(trimmed, 'hex');
  const bytes = /^[A-Za-z0-9+/_-]{43}=?$/.test(trimmed) ? Buffer.from(trimmed, 'base64') : undefined;
  if (bytes?.length === KEY_BYTES) return bytes;
  throw new KeyError(
    'an encryption key must be 32 bytes, in base64 or as 64 hexadecimal digits: openssl rand -base64 32 makes one',
  );
}

/** The keys of a config: the first encrypts, all decrypt. Every other key is derived from these. */
export class KeyRing {
  /** The id of the key that encrypts: 16 hexadecimal digits. */
  readonly currentId: string;
  readonly #keys: ReadonlyMap<string, Buffer>;
  readonly #derived = new Map<string, KeyObject>();

  /** @param keys of 32 bytes each; the first is the current one */
  constructor(keys: readonly [Buffer, ...Buffer[]]) {
    this.#keys = new Map(keys.map((key) => [idOfKey(key), key]));
    this.currentId = idOfKey(keys[0]);
  }

  /** The ids of all keys, the current one first. */
  get ids(): readonly string[] {
    return [...this.#keys.keys()];
  }

  has(id: string): boolean {
    return this.#keys.has(id);
  }

  /**
   * Derives a key of 32 bytes by HKDF-SHA256.
   *
   * @param what is encrypted, for the message
   * @throws KeyError if there is no key with this id
   */
  derive(id: string, salt: Uint8Array, info: string, what: string): KeyObject {
    const name = `${id} ${Buffer.from(salt).toString('hex')} ${info}`;
    const known = this.#derived.get(name);
    if (known !== undefined) return known;
    const key = this.#keys.get(id);
    if (key === undefined) throw missingKey(what, id, this);
    const derived = createSecretKey(Buffer.from(hkdfSync('sha256', key, salt, info, KEY_BYTES)));
    if (this.#derived.size >= DERIVED_MAX) this.#derived.clear();
    this.#derived.set(name, derived);
    return derived;
  }
}

/** The error for something that is encrypted with a key that is not there. @param ring undefined: there are no keys at all */
export function missingKey(what: string, id: string, ring: KeyRing | undefined): KeyError {
  const has = ring === undefined ? 'no key is configured' : `the config has ${ring.ids.join(', ')}`;
  return new KeyError(
    `${what}: encrypted with the key ${id}, and ${has}: name that key in storage.encryption, as key or in old_keys`,
  );
}

/** The id is derived from the key, so that a wrong key can't have the right id. */
export function idOfKey(key: Buffer): string {
  return Buffer.from(hkdfSync('sha256', key, '', 'colloquium key id', ID_BYTES)).toString('hex');
}
