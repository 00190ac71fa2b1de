/** The memory for one block, and for the lines made from it. */
export const PIECE_BYTES = 256 * 1024;
/** Larger pieces were allocated for one long line. */
const PIECE_BYTES_MAX = 1024 * 1024;
const PIECES_MAX = 8;

/** A bounded pool of memory for reuse: touching new memory costs more than filling it. */
export class SpareMemory {
  readonly #pieces = new Set<ArrayBuffer>();

  /** @param pieceBytes the minimum size of a piece, up to 1 MB: smaller pieces are not worth keeping */
  constructor(private readonly pieceBytes = PIECE_BYTES) {}

  /** Returns a piece with arbitrary content. */
  take(): Buffer {
    const spare = this.takeSpare();
    return spare === undefined ? Buffer.allocUnsafeSlow(this.pieceBytes) : Buffer.from(spare);
  }

  /** Returns a piece that was given back, if there is one. */
  takeSpare(): ArrayBuffer | undefined {
    const [piece] = this.#pieces;
    if (piece !== undefined) this.#pieces.delete(piece);
    return piece;
  }

  /** Takes back the memory behind bytes that nobody will read any more. Ignores memory that is not worth keeping. */
  give({ buffer }: Uint8Array): void {
    if (!(buffer instanceof ArrayBuffer) || this.#pieces.size >= PIECES_MAX) return;
    if (buffer.byteLength >= this.pieceBytes && buffer.byteLength <= PIECE_BYTES_MAX) this.#pieces.add(buffer);
  }
}
