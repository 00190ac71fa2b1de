/*
 * A sealed text is one line of ASCII: `sealed1:KEYID:BASE64`, where the base64 is of 12 random bytes (the nonce), the text
 * encrypted with AES-256-GCM, and a tag of 16 bytes. The key is derived by HKDF-SHA256 from the key with that id, without a salt,
 * with the info `colloquium text STORE`. The associated data are `STORE`, a zero byte and the name, so that a text can't be moved
 * to another store or name. Nonces are random: one key is good for 2^32 texts of a store.
 */
import { createCipheriv, createDecipheriv, randomBytes, type KeyObject } from 'node:crypto';
import { missingKey, type KeyRing } from './key-ring.js';

const PREFIX = 'sealed1:';
const ID_DIGITS = 16;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const NO_SALT = Buffer.alloc(0);

/** Where a text belongs: the kind of store, and the text's name in it. */
export interface TextPlace {
  readonly store: string;
  readonly name: string;
  /** The file or folder, for messages. */
  readonly path?: string;
}

/** Whether a stored text is sealed; no JSON is. */
export function isSealedText(text: string): boolean {
  return text.startsWith(PREFIX);
}

/** The id of the key that a sealed text needs. */
export function keyIdOfText(text: string): string {
  return text.slice(PREFIX.length, PREFIX.length + ID_DIGITS);
}

/** Encrypts a text with the ring's current key. */
export function sealText(ring: KeyRing, place: TextPlace, text: string): string {
  const id = ring.currentId;
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', keyFor(ring, id, place), nonce);
  cipher.setAAD(aadOf(place));
  const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return `${PREFIX}${id}:${sealed.toString('base64')}`;
}

/**
 * Decrypts a sealed text. A text that is not sealed is returned as it is: it was stored before encryption was on.
 *
 * @returns undefined if the text is damaged, or belongs to another place
 * @throws KeyError if its key is missing
 */
export function openText(ring: KeyRing | undefined, place: TextPlace, text: string): string | undefined {
  if (!isSealedText(text)) return text;
  const id = keyIdOfText(text);
  if (!/^[0-9a-f]{16}$/.test(id)) return undefined;
  if (ring === undefined) throw missingKey(place.path ?? place.store, id, ring);
  const encoded = text.slice(PREFIX.length + ID_DIGITS + 1);
  const bytes = Buffer.from(encoded, 'base64');
  // Base64 has characters and bits that decode to nothing.
  if (bytes.length < NONCE_BYTES + TAG_BYTES || bytes.toString('base64') !== encoded) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', keyFor(ring, id, place), bytes.subarray(0, NONCE_BYTES));
  decipher.setAAD(aadOf(place));
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    const plain = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES));
    return Buffer.concat([plain, decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}

function keyFor(ring: KeyRing, id: string, { store, path }: TextPlace): KeyObject {
  return ring.derive(id, NO_SALT, `colloquium text ${store}`, path ?? store);
}

function aadOf({ store, name }: TextPlace): Buffer {
  return Buffer.from(`${store}\0${name}`);
}
