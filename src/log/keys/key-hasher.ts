import { createHmac, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { isSealedText, KeyError, openText, sealText, type KeyRing } from '../../crypt/index.js';
import { errorCode, type Disk } from '../disk/disk.js';
import { readFile, replaceFile } from '../disk/whole.js';
import { SEGMENT_FORMS, segmentFile } from '../format/segment-name.js';
import { LogError } from '../log-error.js';
import { listSegments } from '../segment/folder.js';
import { keyHash } from './key-index.js';

/**
 * The file with the key by which idempotency keys are hashed in an encrypted log, encrypted itself. It stays the same when the log's key
 * changes, because a hash can't be made anew without what was hashed.
 */
export const CLAIMS_KEY = 'claims.key';

const KEY_BYTES = 32;
const HASH_DIGITS = 32;
const PLACE = { store: 'log', name: CLAIMS_KEY };
const CLAIMS = /^(?:claims-[0-9]|keys$)/;

/** The stored forms of idempotency keys, and of what they stand for. */
export interface KeyHasher {
  /** The form in which a key is stored. */
  hash(key: string): string;
  /** The form in which it was stored before the log was encrypted; undefined: it was always stored as now. */
  formerHash(key: string): string | undefined;
  /** A fingerprint as it is stored; in an encrypted log not the one of the data, by which a guess could be confirmed. */
  fingerprint(plain: string): string;
}

export const plainHasher: KeyHasher = { hash: keyHash, formerHash: () => undefined, fingerprint: (plain) => plain };

/**
 * The hasher of a log: keyed if the log is encrypted.
 *
 * @throws KeyError if the key is missing; LogError `damaged`
 */
export async function openKeyHasher(disk: Disk, folder: string): Promise<KeyHasher> {
  const path = join(folder, CLAIMS_KEY);
  const stored = await readFile(disk, path);
  if (stored === undefined) {
    if (disk.keys === undefined) return plainHasher;
    if (await hasClaimsOfAnother(disk, folder)) {
      throw new LogError(
        'damaged',
        `${path} is missing: without it, the idempotency keys of this log are not recognized. Put it back from a backup, or remove ${join(folder, 'keys')} and ${join(folder, 'claims-*')} to forget them`,
      );
    }
    const key = randomBytes(KEY_BYTES);
    await replaceFile(disk, path, Buffer.from(sealText(disk.keys, PLACE, key.toString('hex'))));
    return keyedHasher(key);
  }
  return keyedHasher(openClaimsKey(disk.keys, stored, path));
}

/**
 * What is wrong with the key of a log's claims, in words; undefined: nothing, as far as the keys that are there can tell.
 *
 * @throws the operating system's errors
 */
export async function claimsKeyProblem(disk: Disk, folder: string): Promise<string | undefined> {
  const path = join(folder, CLAIMS_KEY);
  const stored = await readFile(disk, path);
  try {
    if (stored !== undefined) openClaimsKey(disk.keys, stored, path);
    else if (await hasClaimsOfAnother(disk, folder)) return `${path}: missing: put it back from a backup`;
    return undefined;
  } catch (error) {
    if (error instanceof LogError) return error.message;
    // Without its key nothing can be said, and a missing folder is an empty log.
    if (error instanceof KeyError || errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Encrypts the key of a log's claims with the current key. */
export async function rekeyClaims(disk: Disk, keys: KeyRing, folder: string): Promise<void> {
  const path = join(folder, CLAIMS_KEY);
  const stored = await readFile(disk, path);
  if (stored === undefined) return;
  const key = openClaimsKey(keys, stored, path);
  await replaceFile(disk, path, Buffer.from(sealText(keys, PLACE, key.toString('hex'))));
}

function openClaimsKey(keys: KeyRing | undefined, stored: Buffer, path: string): Buffer {
  const text = stored.toString('latin1');
  const hex = isSealedText(text) ? openText(keys, { ...PLACE, path }, text) : undefined;
  const key = Buffer.from(hex ?? '', 'hex');
  if (key.length !== KEY_BYTES) throw new LogError('damaged', `${path}: damaged: put it back from a backup`);
  return key;
}

/** Whether there are claims, and the log was encrypted when they were made: a plain log gets its key before its first encrypted segment. */
async function hasClaimsOfAnother(disk: Disk, folder: string): Promise<boolean> {
  const files = new Set(await disk.list(folder));
  if (![...files].some((file) => CLAIMS.test(file))) return false;
  const sealed = SEGMENT_FORMS.filter((form) => form.endsWith('.enc'));
  const segments = await listSegments(disk, folder);
  return segments.some((name) => sealed.some((form) => files.has(segmentFile(name, form))));
}

function keyedHasher(key: Buffer): KeyHasher {
  const mac = (text: string): string => createHmac('sha256', key).update(text).digest('hex').slice(0, HASH_DIGITS);
  return {
    hash: (text) => mac(`key ${text}`),
    formerHash: keyHash,
    fingerprint: (plain) => mac(`fingerprint ${plain}`),
  };
}
