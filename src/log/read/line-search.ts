import { isIntact, NEWLINE } from '../format/line.js';
import { idOfLine, timestampOfLine } from '../../event/index.js';
import { DamagedRange, type SegmentSource } from '../segment/segment-source.js';
import { LINE_BYTES_MAX, readChunks } from './chunks.js';

/** How much to search at a time; a few hundred records. */
const WINDOW_BYTES = 64 << 10;

/** The place of an intact record. */
export interface FoundLine {
  readonly offset: number;
  /** One past its newline. */
  readonly end: number;
  readonly id: string;
  readonly timestamp: number;
}

/** The first intact record that starts at or behind `from` and ends before `to`. */
export async function firstLineFrom(source: SegmentSource, from: number, to: number): Promise<FoundLine | undefined> {
  // The start of a line is known only from the newline before it. Starts one byte earlier, so that a line at `from` counts.
  const start = from === 0 ? 0 : from - 1;
  let inLine = from > 0;
  for await (const chunk of readChunks(source, start, to, WINDOW_BYTES)) {
    if (chunk.kind === 'partial') return undefined;
    if (chunk.kind === 'lost') {
      // Frames are whole lines.
      inLine = chunk.cause === 'packed_block' || (chunk.cause === 'sealed_frame' && source.packed);
      continue;
    }
    const { bytes, offset } = chunk;
    let at = inLine ? bytes.indexOf(NEWLINE) + 1 : 0;
    inLine = false;
    while (at < bytes.length) {
      const newline = bytes.indexOf(NEWLINE, at);
      if (isIntact(bytes, at, newline)) {
        const found = foundLine(bytes, at, newline, offset);
        if (found !== undefined) return found;
      }
      at = newline + 1;
    }
  }
  return undefined;
}

/**
 * The last intact record that ends at or before `to`. Searches backwards, so that the cost depends only on the damage behind the
 * record.
 */
export async function lastLineBefore(source: SegmentSource, to: number): Promise<FoundLine | undefined> {
  let end = to;
  let windowBytes = WINDOW_BYTES;
  while (end > 0) {
    const wanted = Math.max(0, end - windowBytes);
    const span = await readSpan(source, wanted, end);
    if (span === undefined) {
      end = wanted;
      continue;
    }
    const { start, bytes, atLine } = span;
    const firstLine = atLine || start === 0 ? 0 : bytes.indexOf(NEWLINE) + 1;
    const found = lastLineIn(bytes, firstLine, start);
    if (found !== undefined) return found;
    if (start === 0) return undefined;
    // If a line starts inside the window, everything behind that start is done; otherwise the window is smaller than a line.
    if (start > wanted) end = start;
    else if (firstLine > 0 && firstLine < bytes.length) end = start + firstLine;
    else if (windowBytes < 2 * LINE_BYTES_MAX) windowBytes *= 2;
    else end = start;
  }
  return undefined;
}

function lastLineIn(bytes: Buffer, firstLine: number, start: number): FoundLine | undefined {
  let newline = bytes.lastIndexOf(NEWLINE);
  while (newline >= firstLine) {
    const before = newline === 0 ? -1 : bytes.lastIndexOf(NEWLINE, newline - 1);
    const at = Math.max(before + 1, firstLine);
    const found = isIntact(bytes, at, newline) ? foundLine(bytes, at, newline, start) : undefined;
    if (found !== undefined) return found;
    newline = at - 1;
  }
  return undefined;
}

function foundLine(bytes: Buffer, at: number, newline: number, base: number): FoundLine | undefined {
  const id = idOfLine(bytes, at);
  const timestamp = timestampOfLine(bytes, at);
  if (id === undefined || timestamp === undefined) return undefined;
  return { offset: base + at, end: base + newline + 1, id, timestamp };
}

/**
 * Reads bytes of a segment, or those behind the last damaged place among them. `atLine`: they are known to start with a line.
 *
 * @returns undefined if the last of them are lost
 */
async function readSpan(
  source: SegmentSource,
  from: number,
  to: number,
): Promise<{ readonly start: number; readonly bytes: Buffer; readonly atLine: boolean } | undefined> {
  const bytes = Buffer.allocUnsafe(to - from);
  let start = 0;
  let used = 0;
  let atLine = false;
  while (used < bytes.length) {
    try {
      const count = await source.read(bytes, used, bytes.length, from + used);
      if (count === 0) break;
      used += count;
    } catch (error) {
      if (!(error instanceof DamagedRange)) throw error;
      const { nextOffset = to, loss } = error;
      if (nextOffset >= to) break;
      start = used = nextOffset - from;
      atLine = loss === 'sealed_frame' && !source.packed;
    }
  }
  return used === start ? undefined : { start: from + start, bytes: bytes.subarray(start, used), atLine };
}
