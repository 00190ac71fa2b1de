const HEX = Buffer.from('0123456789abcdef');
const SPACE = 0x20;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const NEWLINE = 0x0a;
const GROWTH = 2;
/** Below this a loop is faster than a call. */
const SHORT_BYTES = 32;
/** A value that no byte has. */
const NEVER = -1;

/** The length in bytes of the longest escape, such as `\u001f`. */
const ESCAPED_BYTES_MAX = 6;

/** What follows the backslash for control characters with a short form. */
const SHORT = new Uint8Array(0x20);
for (const [code, letter] of [
  [0x08, 'b'],
  [0x09, 't'],
  [0x0a, 'n'],
  [0x0c, 'f'],
  [0x0d, 'r'],
] as const) {
  SHORT[code] = letter.charCodeAt(0);
}

/** Collects lines of JSON as bytes. */
export class JsonLines {
  #bytes: Buffer;
  #used = 0;

  constructor(private readonly initialBytes = 1 << 16) {
    this.#bytes = Buffer.allocUnsafeSlow(initialBytes);
  }

  /** Returns the collected lines. */
  take(): Buffer {
    const taken = this.#bytes.subarray(0, this.#used);
    if (this.#used > 0) this.#bytes = Buffer.allocUnsafeSlow(Math.max(this.initialBytes, this.#used));
    this.#used = 0;
    return taken;
  }

  /** Where the next byte goes; pass it to {@link truncate} to return there. */
  get length(): number {
    return this.#used;
  }

  /** Removes everything appended since a {@link length}. */
  truncate(length: number): void {
    this.#used = length;
  }

  /** Appends empty lines, which preserve the numbers of the lines that follow. */
  newlines(count: number): void {
    this.#reserve(count);
    this.#bytes.fill(NEWLINE, this.#used, this.#used + count);
    this.#used += count;
  }

  append(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    let to = this.#used;
    if (bytes.length > SHORT_BYTES) this.#bytes.set(bytes, to);
    else for (let at = 0; at < bytes.length; at++) this.#bytes[to++] = bytes[at] ?? 0;
    this.#used += bytes.length;
  }

  /** Appends bytes, replacing each line break with a space. */
  appendFolded(from: Uint8Array, start: number, end: number): void {
    this.#reserve(end - start);
    for (let at = start; at < end; at++) this.#bytes[this.#used++] = from[at] === NEWLINE ? SPACE : (from[at] ?? 0);
  }

  /** Appends bytes as the content of a JSON string, without the quotes. */
  appendEscaped(from: Uint8Array, start: number, end: number): void {
    this.appendField(from, start, end, NEVER);
  }

  /**
   * Appends bytes as the content of a JSON string up to a separator.
   *
   * @param separator a byte that needs no escape
   * @returns the position of the separator, or `end`
   */
  appendField(from: Uint8Array, start: number, end: number, separator: number): number {
    this.#reserve(end - start + ESCAPED_BYTES_MAX);
    let out = this.#bytes;
    let to = this.#used;
    let at = start;
    for (; at < end; at++) {
      const byte = from[at] ?? 0;
      if (byte === separator) break;
      if (byte >= 0x20 && byte !== QUOTE && byte !== BACKSLASH) {
        out[to++] = byte;
      } else {
        to = this.#used = escape(byte, out, to);
        this.#reserve(end - at + ESCAPED_BYTES_MAX);
        out = this.#bytes;
      }
    }
    this.#used = to;
    return at;
  }

  #reserve(bytes: number): void {
    const needed = this.#used + bytes;
    if (needed <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * GROWTH));
    this.#bytes.copy(grown, 0, 0, this.#used);
    this.#bytes = grown;
  }
}

/** @returns where the next byte goes */
function escape(byte: number, out: Buffer, at: number): number {
  out[at] = BACKSLASH;
  const short = byte < 0x20 ? SHORT[byte] : byte;
  if (short !== undefined && short !== 0) {
    out[at + 1] = short;
    return at + 2;
  }
  out[at + 1] = 0x75;
  out[at + 2] = 0x30;
  out[at + 3] = 0x30;
  out[at + 4] = HEX[byte >> 4] ?? 0;
  out[at + 5] = HEX[byte & 0xf] ?? 0;
  return at + ESCAPED_BYTES_MAX;
}
