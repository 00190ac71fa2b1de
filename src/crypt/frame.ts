/*
 * A sealed file: a header, then frames. All numbers are little-endian.
 *
 *   header   128 bytes: twice the same 64, so that one damaged byte loses nothing
 *              0  8   "CQSEALED"
 *              8  u32 version: 1, or 2 if the file belongs to a log
 *             12  8   key id
 *             20  32  salt, random; of version 2 the last 16 bytes are the id of the file's log
 *             52  u64 the file's number
 *             60  u32 CRC-32 of the 60 bytes before
 *   frame    36 bytes, then as many as it holds, then a tag of 16 bytes
 *              0  8   f5 "CQFRAME"
 *              8  u32 bytes that it holds
 *             12  u32 kind: 0 data, 1 the end of the file (holds nothing)
 *             16  u64 counter: 0 for the first frame, and one more for each further one
 *             24  u64 offset: how many bytes the frames before it hold
 *             32  u32 CRC-32 of the 32 bytes before
 *
 * The file's key is HKDF-SHA256 of the key with that id, with the salt and the info `colloquium file`. A frame's bytes are encrypted
 * with AES-256-GCM: the nonce is its kind (u32) and its counter (u64), the associated data are the file's name (`segment 42`), a zero
 * byte and the 36 bytes of the frame's header. So a frame can't be moved within its file or to another one, left out or
 * repeated without being found, nor can a file be said to be of another log, because its key is derived from the log's id; and the
 * CRCs let a reader without a key check lengths and order. The counter is used once per kind and
 * file, because each file has a salt of its own and is never written again behind a place where a write failed. A file is cut off if
 * it has no end frame.
 */
import { crc32 } from 'node:zlib';

/** Of a file that belongs to no log, and of one that does. */
export const VERSION = 1;
const LOG_VERSION = 2;
const COPY_BYTES = 64;
export const HEADER_BYTES = 2 * COPY_BYTES;
export const SALT_BYTES = 32;
/** Of a log, of which files have it at the end of their salt. */
export const LOG_ID_BYTES = 16;
export const FRAME_HEADER_BYTES = 36;
export const TAG_BYTES = 16;
export const FILE_KEY_INFO = 'colloquium file';

/** The bytes that start each copy of a header. */
export const HEADER_MAGIC = Buffer.from('CQSEALED', 'latin1');
/** The bytes that start every frame, used to find the next one behind a damaged one. */
export const FRAME_MAGIC = Buffer.from('\u00f5CQFRAME', 'latin1');

export const KIND = { data: 0, end: 1 } as const;

/** The identity of a sealed file, bound to every frame. */
export interface SealedFileName {
  /** What the file is: `segment`. */
  readonly kind: string;
  readonly number: number;
  /** The id of its log, as hexadecimal digits; undefined: it belongs to none, or that does not matter. */
  readonly log?: string | undefined;
}

export interface FileHeader {
  readonly keyId: string;
  readonly salt: Buffer;
  readonly number: number;
  /** The id of its log; undefined: it belongs to none. */
  readonly log: string | undefined;
}

export interface FrameHeader {
  readonly bytes: number;
  readonly kind: number;
  readonly counter: number;
  readonly offset: number;
}

/** Whether a file that starts with these bytes is sealed: either copy of the header may be damaged. */
export function isSealedFile(start: Buffer): boolean {
  return [0, COPY_BYTES].some((at) => start.subarray(at, at + HEADER_MAGIC.length).equals(HEADER_MAGIC));
}

export function writeHeader({ keyId, salt, number, log }: FileHeader): Buffer {
  const copy = Buffer.alloc(COPY_BYTES);
  HEADER_MAGIC.copy(copy);
  copy.writeUInt32LE(log === undefined ? VERSION : LOG_VERSION, 8);
  copy.write(keyId, 12, 'hex');
  salt.copy(copy, 20);
  copy.writeBigUInt64LE(BigInt(number), 52);
  copy.writeUInt32LE(crc32(copy.subarray(0, 60)), 60);
  return Buffer.concat([copy, copy]);
}

/** Reads a header. `damaged`: where the copies start that are not intact. */
export function readHeader(bytes: Buffer): {
  /** Undefined if neither copy is intact, or its version is not known. */
  readonly header: FileHeader | undefined;
  readonly damaged: readonly number[];
  /** The version in an intact copy, if it is not known. */
  readonly unknownVersion: number | undefined;
} {
  let header: FileHeader | undefined;
  let unknownVersion: number | undefined;
  const damaged: number[] = [];
  for (const at of [0, COPY_BYTES]) {
    const copy = bytes.subarray(at, at + COPY_BYTES);
    const intact =
      copy.length === COPY_BYTES &&
      HEADER_MAGIC.equals(copy.subarray(0, 8)) &&
      copy.readUInt32LE(60) === crc32(copy.subarray(0, 60));
    if (!intact) {
      damaged.push(at);
      continue;
    }
    const version = copy.readUInt32LE(8);
    if (version !== VERSION && version !== LOG_VERSION) {
      unknownVersion = version;
      continue;
    }
    const salt = Buffer.from(copy.subarray(20, 20 + SALT_BYTES));
    header ??= {
      keyId: copy.toString('hex', 12, 20),
      salt,
      number: Number(copy.readBigUInt64LE(52)),
      log: version === LOG_VERSION ? salt.toString('hex', SALT_BYTES - LOG_ID_BYTES) : undefined,
    };
  }
  return { header, damaged, unknownVersion };
}

export function writeFrameHeader(into: Buffer, at: number, { bytes, kind, counter, offset }: FrameHeader): void {
  FRAME_MAGIC.copy(into, at);
  into.writeUInt32LE(bytes, at + 8);
  into.writeUInt32LE(kind, at + 12);
  into.writeBigUInt64LE(BigInt(counter), at + 16);
  into.writeBigUInt64LE(BigInt(offset), at + 24);
  into.writeUInt32LE(crc32(into.subarray(at, at + 32)), at + 32);
}

/** Reads a frame's header at `at`; undefined if it is damaged or not whole. */
export function readFrameHeader(bytes: Buffer, at: number): FrameHeader | undefined {
  if (bytes.length - at < FRAME_HEADER_BYTES) return undefined;
  if (bytes.compare(FRAME_MAGIC, 0, FRAME_MAGIC.length, at, at + FRAME_MAGIC.length) !== 0) return undefined;
  if (bytes.readUInt32LE(at + 32) !== crc32(bytes.subarray(at, at + 32))) return undefined;
  return {
    bytes: bytes.readUInt32LE(at + 8),
    kind: bytes.readUInt32LE(at + 12),
    counter: Number(bytes.readBigUInt64LE(at + 16)),
    offset: Number(bytes.readBigUInt64LE(at + 24)),
  };
}

/** How many bytes of the file a frame takes. */
export function frameBytes({ bytes }: Pick<FrameHeader, 'bytes'>): number {
  return FRAME_HEADER_BYTES + bytes + TAG_BYTES;
}

export function frameNonce({ kind, counter }: Pick<FrameHeader, 'kind' | 'counter'>): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUInt32LE(kind);
  nonce.writeBigUInt64LE(BigInt(counter), 4);
  return nonce;
}

/** The part of the associated data that all frames of a file share. */
export function nameBytes({ kind, number }: SealedFileName): Buffer {
  return Buffer.from(`${kind} ${number}\0`);
}
