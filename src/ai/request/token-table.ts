import { O200K_TOKEN_SPLIT_REGEX } from 'gpt-tokenizer/encodingParams/constants';

/** Merging takes time by the square of the length: longer pieces are cut, which makes a token more for each cut. */
const PIECE_BYTES_MAX = 512;
/** More than twice as many as there are tokens, and a power of two. */
const SLOTS = 1 << 19;
const NO_RANK = Infinity;

const encoder = new TextEncoder();

/**
 * Counts tokens as OpenAI's byte pair encoding makes them. It looks tokens up in the bytes that they are read as, so that nothing
 * is made of each of the 200,000.
 */
export class TokenTable {
  readonly #bytes: Buffer;
  /** By rank. */
  readonly #lengths: Buffer;
  /** By hash: where a token begins, and its rank. Zero: none, as no token begins at the first byte. */
  readonly #places = new Int32Array(SLOTS);
  readonly #ranks = new Int32Array(SLOTS);

  /** @param bytes see `readTokens` */
  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.#lengths = bytes.subarray(4, 4 + bytes.readUInt32LE());
    let at = 4 + this.#lengths.length;
    for (const [rank, length] of this.#lengths.entries()) {
      let slot = hashOf(bytes, at, at + length);
      while (this.#places[slot] !== 0) slot = (slot + 1) % SLOTS;
      this.#places[slot] = at;
      this.#ranks[slot] = rank;
      at += length;
    }
  }

  /** How many tokens a text has, if names of special tokens in it are plain text. */
  count(text: string): number {
    let count = 0;
    for (const [piece] of text.matchAll(O200K_TOKEN_SPLIT_REGEX)) {
      const bytes = encoder.encode(piece);
      for (let from = 0; from < bytes.length; from += PIECE_BYTES_MAX) {
        count += this.#countPiece(bytes.subarray(from, from + PIECE_BYTES_MAX));
      }
    }
    return count;
  }

  #countPiece(piece: Uint8Array): number {
    if (this.#rankOf(piece, 0, piece.length) !== NO_RANK) return 1;
    const starts = Array.from({ length: piece.length + 1 }, (_, at) => at);
    const rankAt = (at: number): number => {
      const [from = 0, end] = [starts[at], starts[at + 2]];
      return end === undefined ? NO_RANK : this.#rankOf(piece, from, end);
    };
    const ranks = starts.map((_, at) => rankAt(at));
    for (;;) {
      let lowest = 0;
      for (let at = 1; at < ranks.length; at++) {
        if ((ranks[at] ?? NO_RANK) < (ranks[lowest] ?? NO_RANK)) lowest = at;
      }
      if ((ranks[lowest] ?? NO_RANK) === NO_RANK) return starts.length - 1;
      starts.splice(lowest + 1, 1);
      ranks.splice(lowest + 1, 1);
      ranks[lowest] = rankAt(lowest);
      if (lowest > 0) ranks[lowest - 1] = rankAt(lowest - 1);
    }
  }

  #rankOf(piece: Uint8Array, from: number, end: number): number {
    const length = end - from;
    for (let slot = hashOf(piece, from, end); ; slot = (slot + 1) % SLOTS) {
      const place = this.#places[slot] ?? 0;
      if (place === 0) return NO_RANK;
      const rank = this.#ranks[slot] ?? NO_RANK;
      if (this.#lengths[rank] === length && this.#isAt(place, piece, from, length)) return rank;
    }
  }

  #isAt(place: number, piece: Uint8Array, from: number, length: number): boolean {
    for (let at = 0; at < length; at++) if (this.#bytes[place + at] !== piece[from + at]) return false;
    return true;
  }
}

/** FNV-1a, with its high bits mixed into those that are kept. */
function hashOf(bytes: Uint8Array, from: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = from; at < end; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
  return (hash ^ (hash >>> 15)) & (SLOTS - 1);
}
