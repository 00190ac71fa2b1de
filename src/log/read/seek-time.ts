import type { IndexEntry } from '../index/segment-index.js';
import type { SegmentSource } from '../segment/segment-source.js';
import { firstLineFrom } from './line-search.js';

/** The span that is left to read when the search ends. */
const SPAN_BYTES = 64 << 10;

/**
 * Bisects a segment for a line start before which every record is older than `since`, and from which the first record that is not
 * lies at most about {@link SPAN_BYTES} away. Works on the segment's own bytes; the index only narrows the start.
 *
 * @param to where the segment currently ends
 */
export async function seekTime(
  source: SegmentSource,
  to: number,
  since: number,
  entries: readonly IndexEntry[],
): Promise<number> {
  let { low, high } = await bracket(source, to, since, entries);
  while (high - low > SPAN_BYTES) {
    const middle = low + Math.floor((high - low) / 2);
    const line = await firstLineFrom(source, middle, high);
    if (line === undefined || line.timestamp >= since) high = middle;
    else low = line.offset;
  }
  return low;
}

/** The range of the segment that the index points to, provided that the records there agree with the index. */
async function bracket(
  source: SegmentSource,
  to: number,
  since: number,
  entries: readonly IndexEntry[],
): Promise<{ low: number; high: number }> {
  const agrees = async (entry: IndexEntry | undefined): Promise<boolean> => {
    if (entry === undefined || entry.offset >= to) return false;
    const line = await firstLineFrom(source, entry.offset, to);
    return line?.offset === entry.offset && line.timestamp === entry.timestamp;
  };
  const before = entries.findLast((entry) => entry.timestamp < since);
  const behind = entries.find((entry) => entry.timestamp >= since);
  const low = before !== undefined && (await agrees(before)) ? before.offset : 0;
  const high = behind !== undefined && (await agrees(behind)) ? behind.offset : to;
  return low < high ? { low, high } : { low: 0, high: to };
}
