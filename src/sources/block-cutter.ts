import { OVERLONG_HEAD_BYTES, OVERLONG_TAIL_BYTES, type Block } from './block.js';
import { refuseEncrypted } from './encrypted-input.js';
import { PIECE_BYTES, SpareMemory } from './spare-memory.js';

/** Bytes read at a time: enough to amortize a call, few enough to stay in the processor's cache. */
export const BLOCK_BYTES = PIECE_BYTES;

const NEWLINE = 0x0a;
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

/** The line that is being skipped. */
interface OverlongSoFar {
  readonly head: Buffer;
  tail: Buffer;
  bytes: number;
}

/**
 * Cuts a stream of bytes into blocks of whole lines. Bytes are read straight into {@link space}, so that at most a block's last,
 * unfinished line is copied. Holds at most one block, or one line up to the limit.
 */
export class BlockCutter {
  #buffer: Buffer;
  #used = 0;
  /** No newline occurs before this index. */
  #searched = 0;
  /** The line being skipped, once it exceeds the limit. */
  #overlong: OverlongSoFar | undefined;
  #startsFile: boolean;
  #atFileStart: boolean;
  #given = 0;
  /** Bytes that were dropped and are in no block. */
  #dropped = 0;
  readonly #recycle = (bytes: Uint8Array): void => this.spare.give(bytes);

  /**
   * @param startsFile false when the first bytes are not the beginning of a file
   * @param spare memory for blocks, which several cutters can share
   */
  constructor(
    private readonly source: string,
    private readonly lineBytesMax: number,
    private readonly blockBytes = BLOCK_BYTES,
    startsFile = true,
    private readonly spare = new SpareMemory(blockBytes),
  ) {
    this.#buffer = this.spare.take();
    this.#startsFile = startsFile;
    this.#atFileStart = startsFile;
  }

  /** Bytes in the blocks returned so far, including those omitted from them. */
  get given(): number {
    return this.#given;
  }

  /** Bytes of the unfinished line. */
  get unfinished(): number {
    return this.#used + (this.#overlong?.bytes ?? 0);
  }

  /** Where to put the next bytes. Never empty. */
  space(): Buffer {
    if (this.#used === this.#buffer.length) {
      const grown = Buffer.allocUnsafeSlow(Math.min(this.#buffer.length * 2, this.lineBytesMax + this.blockBytes));
      this.#buffer.copy(grown, 0, 0, this.#used);
      this.#buffer = grown;
    }
    return this.#buffer.subarray(this.#used);
  }

  /** Whether this many more bytes fit into the current block. */
  hasRoom(bytes: number): boolean {
    return this.#used + bytes <= this.#buffer.length;
  }

  /** Registers `count` bytes that were put into {@link space}. */
  fill(count: number): void {
    this.#used += count;
  }

  /** Adds a copy of a chunk. Returns complete lines only when there is no more room: {@link cut} returns the rest. */
  *add(chunk: Buffer): Generator<Block> {
    for (let at = 0; at < chunk.length;) {
      const copied = chunk.copy(this.space(), 0, at);
      this.fill(copied);
      at += copied;
      if (at < chunk.length) yield* this.cut();
    }
  }

  /** {@link fill} and {@link cut}. */
  advance(count: number): Generator<Block> {
    this.fill(count);
    return this.cut();
  }

  /** Returns the complete lines so far. @throws EncryptedInputError if the input is encrypted, before any line is returned */
  *cut(): Generator<Block> {
    if (this.#atFileStart && !this.#skipBom()) return;
    if (this.#startsFile && this.#overlong === undefined) refuseEncrypted(this.#buffer.subarray(0, this.#used));

    if (this.#overlong !== undefined) {
      const newline = this.#buffer.subarray(0, this.#used).indexOf(NEWLINE);
      const more = this.#buffer.subarray(0, newline === -1 ? this.#used : newline);
      this.#overlong.bytes += more.length;
      this.#overlong.tail = endOf(this.#overlong.tail, more);
      if (newline === -1) {
        this.#used = 0;
        return;
      }
      this.#dropFront(newline + 1);
      this.#given += 1;
      yield this.#endOverlong(this.#overlong, false);
    }

    const last = this.#buffer.subarray(this.#searched, this.#used).lastIndexOf(NEWLINE);
    if (last >= 0) yield this.#take(this.#searched + last + 1);
    this.#searched = this.#used;
    if (this.#used > this.lineBytesMax) {
      const line = this.#buffer.subarray(0, this.#used);
      const head = Buffer.from(line.subarray(0, OVERLONG_HEAD_BYTES));
      this.#overlong = { head, tail: Buffer.from(line.subarray(-OVERLONG_TAIL_BYTES)), bytes: this.#used };
      this.#used = 0;
      this.#searched = 0;
      this.#buffer = this.spare.take();
    }
  }

  /** Whether the last line has no newline yet. */
  get isWithinLine(): boolean {
    return this.#used > 0 || this.#overlong !== undefined;
  }

  /** Returns a last line without a newline; the next bytes start a new line. */
  *endLine(): Generator<Block> {
    if (this.#overlong !== undefined) yield this.#endOverlong(this.#overlong, true);
    else if (this.#used > 0) yield this.#take(this.#used);
    this.#used = 0;
    this.#searched = 0;
  }

  /** The source has ended: returns a last line without a newline. The next bytes start a new file. */
  *end(): Generator<Block> {
    yield* this.endLine();
    this.#startsFile = true;
    this.#atFileStart = true;
    this.#dropped = 0;
  }

  /** Gives back the memory for the next block: the cutter must not be used after this. */
  release(): void {
    this.spare.give(this.#buffer);
  }

  #endOverlong({ head, tail, bytes }: OverlongSoFar, unfinished: boolean): Block {
    this.#overlong = undefined;
    this.#given += bytes;
    const { source } = this;
    return { kind: 'overlong', source, ...this.#takeStart(), head, tail, lineBytes: bytes, unfinished };
  }

  /** Returns the first `count` bytes and keeps the rest as the start of the next block. */
  #take(count: number): Block {
    this.#given += count;
    const start = this.#takeStart();
    // A small block is copied, so that a slow source does not use up a whole buffer for each line.
    if (count * 4 < this.#buffer.length) {
      const bytes = Buffer.from(this.#buffer.subarray(0, count));
      this.#dropFront(count);
      return { kind: 'lines', bytes, source: this.source, ...start };
    }
    const bytes = this.#buffer.subarray(0, count);
    const rest = this.#buffer.subarray(count, this.#used);
    this.#buffer = rest.length * 2 > this.blockBytes ? Buffer.allocUnsafeSlow(rest.length * 2) : this.spare.take();
    rest.copy(this.#buffer);
    this.#used = rest.length;
    return { kind: 'lines', bytes, source: this.source, ...start, recycle: this.#recycle };
  }

  #takeStart(): Pick<Block, 'startsFile' | 'bytesBefore'> {
    if (!this.#startsFile) return { startsFile: false };
    const bytesBefore = this.#dropped;
    this.#startsFile = false;
    this.#dropped = 0;
    return bytesBefore === 0 ? { startsFile: true } : { startsFile: true, bytesBefore };
  }

  #dropFront(count: number): void {
    this.#buffer.copy(this.#buffer, 0, count, this.#used);
    this.#used -= count;
  }

  /** Drops a byte order mark. Returns false while there are too few bytes to tell. */
  #skipBom(): boolean {
    const start = this.#buffer.subarray(0, Math.min(this.#used, BOM.length));
    if (!start.equals(BOM.subarray(0, start.length))) {
      this.#atFileStart = false;
      return true;
    }
    if (this.#used < BOM.length) return false;
    this.#dropFront(BOM.length);
    this.#given += BOM.length;
    this.#dropped = BOM.length;
    this.#atFileStart = false;
    return this.#used > 0;
  }
}

/** The end of two consecutive pieces, as long as the tail that is kept of an overlong line. */
function endOf(before: Buffer, more: Buffer): Buffer {
  return Buffer.concat([before, more.subarray(-OVERLONG_TAIL_BYTES)]).subarray(-OVERLONG_TAIL_BYTES);
}
