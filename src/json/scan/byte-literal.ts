import type { Text } from './skip.js';

/** A frequent byte sequence, prepared for comparison with a text four bytes at a time. */
export interface ByteLiteral {
  /** In little-endian order. The last word overlaps the one before it or is padded with zeros. */
  readonly words: Int32Array;
  readonly length: number;
}

/** @param bytes at least one */
export function byteLiteral(bytes: Uint8Array): ByteLiteral {
  const { length } = bytes;
  const words = new Int32Array(Math.ceil(length / 4));
  for (let word = 0; word < words.length; word++) {
    const at = Math.max(0, Math.min(word * 4, length - 4));
    for (let byte = 0; byte < 4; byte++) words[word] = (words[word] ?? 0) | ((bytes[at + byte] ?? 0) << (8 * byte));
  }
  return { words, length };
}

/** The bytes of a literal. */
export function literalBytes({ words, length }: ByteLiteral): Uint8Array {
  const bytes = new Uint8Array(Math.max(4, length));
  const view = new DataView(bytes.buffer);
  for (const [word, value] of words.entries()) view.setInt32(Math.max(0, Math.min(word * 4, length - 4)), value, true);
  return bytes.subarray(0, length);
}

/** Whether the text has the literal at `start`. */
export function isAt(
  { length, words }: ByteLiteral,
  { words: text, length: textLength }: Text,
  start: number,
): boolean {
  const end = start + length;
  if (end > textLength) return false;
  if (length < 4) {
    // Usually one byte, the brace at an object's end.
    const word = words[0] as number;
    if (text.getUint8(start) !== (word & 0xff)) return false;
    if (length > 1 && text.getUint8(start + 1) !== ((word >> 8) & 0xff)) return false;
    return length < 3 || text.getUint8(start + 2) === ((word >> 16) & 0xff);
  }
  const last = end - 4;
  let word = 0;
  for (let at = start; at < last; at += 4) if (text.getInt32(at, true) !== words[word++]) return false;
  return text.getInt32(last, true) === words[word];
}
