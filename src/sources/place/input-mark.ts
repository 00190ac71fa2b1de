import { FINGERPRINT_BYTES_MAX, fingerprintOf, type FilePlace } from '../../files/index.js';

/**
 * How far an input was read, with the bytes that identify the position. They are the bytes that were read, not what the file
 * contains when a checkpoint is made. Cheap to create; {@link placeOf} makes the stored form.
 */
export interface InputMark {
  /** Identifies the file, for files that are read directly; see `FileIdentity`. */
  readonly node: string | undefined;
  /** The first bytes, at most 1 KB. */
  readonly head: Uint8Array;
  /** Bytes before the mark, after decompression. */
  readonly offset: number;
  /** Lines before the mark. */
  readonly lines: number;
  /** The last bytes before the mark, at most 1 KB. */
  readonly tail: Uint8Array;
}

/** The mark at the start of an input. */
export function startMark(node: string | undefined): InputMark {
  return { node, head: new Uint8Array(0), offset: 0, lines: 0, tail: new Uint8Array(0) };
}

export function placeOf({ node, head, offset, lines, tail }: InputMark): FilePlace {
  return {
    file: { ...(node !== undefined && { node }), head: fingerprintOf(head) },
    offset,
    lines,
    before: fingerprintOf(tail),
  };
}

/** Returns the first bytes of an input once `more` is read after `head`. */
export function headWith(head: Uint8Array, more: Uint8Array): Uint8Array {
  if (head.length >= FINGERPRINT_BYTES_MAX || more.length === 0) return head;
  return joined(head, more.subarray(0, FINGERPRINT_BYTES_MAX - head.length));
}

/** Returns the last bytes of an input once `more` is read after `tail`. A copy, because blocks hand over their memory. */
export function tailWith(tail: Uint8Array, more: Uint8Array): Uint8Array {
  if (more.length >= FINGERPRINT_BYTES_MAX) return new Uint8Array(more.subarray(-FINGERPRINT_BYTES_MAX));
  return joined(tail.subarray(Math.max(0, tail.length + more.length - FINGERPRINT_BYTES_MAX)), more);
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array {
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}
