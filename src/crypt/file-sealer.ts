import { createCipheriv, randomBytes, type KeyObject } from 'node:crypto';
import {
  FILE_KEY_INFO,
  FRAME_HEADER_BYTES,
  frameNonce,
  KIND,
  LOG_ID_BYTES,
  nameBytes,
  SALT_BYTES,
  TAG_BYTES,
  writeFrameHeader,
  writeHeader,
  type FileHeader,
  type SealedFileName,
} from './frame.js';
import type { KeyRing } from './key-ring.js';

const NEWLINE = 0x0a;

/** The most bytes of a frame, unless one line is longer: a frame is decrypted as a whole. */
const FRAME_BYTES_MAX = 1 << 20;

/** The most memory that is kept for the next frames. */
const ROOM_BYTES_MAX = 4 << 20;
const SLICE_BYTES = 32 << 10;

/** Where the next frame of a file goes. */
export interface FramePlace {
  readonly counter: number;
  /** Bytes that the frames before it hold. */
  readonly offset: number;
}

/** Makes the bytes of one sealed file. Its caller writes them, and goes on from `next` only if that succeeded. */
export class FileSealer {
  /** What the file starts with. */
  readonly header: Buffer;
  readonly #key: KeyObject;
  readonly #name: Buffer;
  #memory = Buffer.alloc(0);

  /** @param known the header of an existing file, whose end frame is to be made */
  constructor(ring: KeyRing, name: SealedFileName, known?: Omit<FileHeader, 'number'>) {
    const { keyId, salt, log } = known ?? { keyId: ring.currentId, salt: saltFor(name), log: name.log };
    this.header = writeHeader({ keyId, salt, number: name.number, log });
    this.#key = ring.derive(keyId, salt, FILE_KEY_INFO, `${name.kind} ${name.number}`);
    this.#name = nameBytes(name);
  }

  /**
   * Encrypts bytes as frames that start at a place.
   *
   * @param cut `line`: frames are cut at the ends of lines, so that each one is whole lines
   * @returns the frames, which are valid until the next call
   */
  seal(
    bytes: Uint8Array,
    place: FramePlace,
    cut: 'line' | 'size' = 'line',
  ): { readonly bytes: Buffer; readonly next: FramePlace } {
    const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const ends: number[] = [];
    for (let at = 0; at < whole.length; at = ends.at(-1) ?? whole.length) ends.push(frameEnd(whole, at, cut));
    const into = this.#room(whole.length + ends.length * (FRAME_HEADER_BYTES + TAG_BYTES));
    let { counter, offset } = place;
    let at = 0;
    let used = 0;
    for (const end of ends) {
      used = this.#write(into, used, whole.subarray(at, end), KIND.data, { counter, offset });
      counter += 1;
      offset += end - at;
      at = end;
    }
    return { bytes: into.subarray(0, used), next: { counter, offset } };
  }

  /** The frame that ends the file. */
  end(place: FramePlace): Buffer {
    const frame = Buffer.alloc(FRAME_HEADER_BYTES + TAG_BYTES);
    this.#write(frame, 0, Buffer.alloc(0), KIND.end, place);
    return frame;
  }

  #room(bytes: number): Buffer {
    if (bytes > ROOM_BYTES_MAX) return Buffer.allocUnsafe(bytes);
    if (bytes > this.#memory.length) this.#memory = Buffer.allocUnsafeSlow(Math.min(ROOM_BYTES_MAX, bytes * 2));
    return this.#memory;
  }

  /** @returns where the frame ends */
  #write(into: Buffer, at: number, bytes: Buffer, kind: number, { counter, offset }: FramePlace): number {
    const header = into.subarray(at, at + FRAME_HEADER_BYTES);
    writeFrameHeader(header, 0, { bytes: bytes.length, kind, counter, offset });
    const cipher = createCipheriv('aes-256-gcm', this.#key, frameNonce({ kind, counter }));
    cipher.setAAD(this.#name);
    cipher.setAAD(header);
    let end = at + FRAME_HEADER_BYTES;
    // Each update allocates its result: small ones cost less.
    for (let from = 0; from < bytes.length; from += SLICE_BYTES) {
      end += cipher.update(bytes.subarray(from, from + SLICE_BYTES)).copy(into, end);
    }
    cipher.final();
    return end + cipher.getAuthTag().copy(into, end);
  }
}

function saltFor({ log }: SealedFileName): Buffer {
  if (log === undefined) return randomBytes(SALT_BYTES);
  return Buffer.concat([randomBytes(SALT_BYTES - LOG_ID_BYTES), Buffer.from(log, 'hex')]);
}

/** A whole sealed file with these bytes. */
export function sealWhole(ring: KeyRing, name: SealedFileName, bytes: Uint8Array): Buffer {
  const sealer = new FileSealer(ring, name);
  const sealed = sealer.seal(bytes, { counter: 0, offset: 0 }, 'size');
  return Buffer.concat([sealer.header, sealed.bytes, sealer.end(sealed.next)]);
}

function frameEnd(bytes: Buffer, at: number, cut: 'line' | 'size'): number {
  const most = at + FRAME_BYTES_MAX;
  if (bytes.length <= most) return bytes.length;
  if (cut === 'size') return most;
  const newline = bytes.lastIndexOf(NEWLINE, most - 1);
  if (newline >= at) return newline + 1;
  const next = bytes.indexOf(NEWLINE, most);
  return next === -1 ? bytes.length : next + 1;
}
