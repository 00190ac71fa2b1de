import { NEWLINE } from '../format/line.js';
import { DamagedRange, type SegmentSource } from '../segment/segment-source.js';

/** The longest possible line of a log; a longer one is damage and is skipped without being kept in memory. */
export const LINE_BYTES_MAX = 64 << 20;

/** A block read from a segment that just grew by one line should not hold a quarter megabyte. */
const BUFFER_BYTES_MIN = 4 << 10;

export type Chunk =
  /** Whole lines, not yet parsed. The bytes belong to the receiver. */
  | { readonly kind: 'lines'; readonly bytes: Buffer; readonly offset: number }
  /** Bytes that can't be read, or a line that is too long to keep. */
  | {
      readonly kind: 'lost';
      readonly cause: 'packed_block' | 'sealed_frame' | 'overlong_line';
      readonly offset: number;
      readonly bytes: number;
      readonly reason: string;
    }
  /** The bytes after the last newline. Always the last chunk. */
  | { readonly kind: 'partial'; readonly offset: number; readonly bytes: number };

/** Returns memory that is free for reuse, if any. */
export type Spare = () => ArrayBuffer | undefined;

/**
 * Reads a segment as blocks of whole lines.
 *
 * @param from where a line starts
 * @param to where to stop, at most the segment's size
 * @param spare is used instead of new memory if a block fits into it
 */
export async function* readChunks(
  source: SegmentSource,
  from: number,
  to: number,
  blockBytes: number,
  lineBytesMax: number = LINE_BYTES_MAX,
  spare: Spare = () => undefined,
): AsyncGenerator<Chunk, void, void> {
  /** The offset of the buffer's first byte. */
  let offset = from;
  let used = 0;
  /** Where the line that is too long to be kept started. */
  let overlongFrom: number | undefined;
  const fresh = (): Buffer => {
    const left = to - offset;
    const piece = left < blockBytes ? undefined : spare();
    if (piece !== undefined && piece.byteLength >= blockBytes) return Buffer.from(piece);
    return Buffer.allocUnsafeSlow(Math.min(blockBytes, Math.max(BUFFER_BYTES_MIN, left)));
  };
  let buffer = fresh();

  while (offset + used < to) {
    let count: number;
    try {
      count = await source.read(buffer, used, Math.min(buffer.length, to - offset), offset + used);
    } catch (error) {
      if (!(error instanceof DamagedRange)) throw error;
      const start = overlongFrom ?? offset;
      const next = Math.min(error.nextOffset ?? to, to);
      yield { kind: 'lost', cause: error.loss, offset: start, bytes: next - start, reason: error.message };
      overlongFrom = undefined;
      offset = next;
      used = 0;
      continue;
    }
    if (count === 0) break;
    const newline = buffer.subarray(used, used + count).lastIndexOf(NEWLINE);
    const whole = newline === -1 ? 0 : used + newline + 1;
    used += count;

    if (whole > 0) {
      const bytes = buffer.subarray(0, whole);
      const rest = buffer.subarray(whole, used);
      const at = offset;
      offset += whole;
      used = rest.length;
      buffer = fresh();
      if (buffer.length <= rest.length) buffer = Buffer.allocUnsafeSlow(rest.length * 2);
      rest.copy(buffer);
      if (overlongFrom === undefined) {
        yield { kind: 'lines', bytes, offset: at };
      } else {
        const lineEnd = bytes.indexOf(NEWLINE) + 1;
        yield overlong(overlongFrom, at + lineEnd, lineBytesMax);
        overlongFrom = undefined;
        if (lineEnd < bytes.length) yield { kind: 'lines', bytes: bytes.subarray(lineEnd), offset: at + lineEnd };
      }
    } else if (overlongFrom !== undefined || used >= lineBytesMax) {
      overlongFrom ??= offset;
      offset += used;
      used = 0;
    } else if (used === buffer.length) {
      const larger = Buffer.allocUnsafeSlow(Math.min(used * 2, Math.max(lineBytesMax, blockBytes)));
      buffer.copy(larger);
      buffer = larger;
    }
  }
  const partial = overlongFrom ?? offset;
  if (partial < offset + used) yield { kind: 'partial', offset: partial, bytes: offset + used - partial };
}

function overlong(offset: number, end: number, lineBytesMax: number): Chunk {
  const bytes = end - offset;
  const reason = `a line of ${bytes} bytes, but no record is longer than ${lineBytesMax}`;
  return { kind: 'lost', cause: 'overlong_line', offset, bytes, reason };
}
