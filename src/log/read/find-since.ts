import { LOG_START, type LogPosition } from '../format/position.js';
import { storedIndex } from '../index/index-store.js';
import { listSegments, openSegment } from '../segment/folder.js';
import type { LogWorld } from '../log-world.js';
import { seekTime } from './seek-time.js';

/**
 * A position before which every record is older than `since`, close before the first record that is not.
 *
 * @param end where the log currently ends, if that is known better than from its files
 * @param since milliseconds since the epoch
 */
export async function findSince(
  { disk }: LogWorld,
  folder: string,
  end: LogPosition | undefined,
  since: number,
): Promise<LogPosition> {
  for (;;) {
    const segments = await listSegments(disk, folder);
    // A segment that starts at `since` may follow one that ends with the same timestamp.
    const name = segments.findLast(({ number, firstTimestamp }) => {
      return firstTimestamp < since && number <= (end?.segment ?? number);
    });
    if (name === undefined) return LOG_START;
    const source = await openSegment(disk, folder, name);
    // The segment was removed or packed after it was listed.
    if (source === undefined) continue;
    try {
      const size = await source.size();
      const to = end?.segment === name.number ? Math.min(end.offset, size) : size;
      const { entries } = await storedIndex(disk, folder, name);
      return { segment: name.number, offset: await seekTime(source, to, since, entries) };
    } finally {
      await source.close();
    }
  }
}
