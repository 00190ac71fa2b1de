import type { LogPosition } from '../format/position.js';
import type { SegmentName } from '../format/segment-name.js';
import { listSegments, removeSegment, segmentBytesOnDisk } from '../segment/folder.js';
import type { LogWorld } from '../log-world.js';

export interface PruneOptions {
  /** Removes records older than this, in milliseconds since the epoch. */
  readonly olderThan?: number | undefined;
  /** The most disk space that the log's segments may take, if possible. */
  readonly bytesMax?: number | undefined;
  /** The lowest checkpoint: records behind this position are still needed. */
  readonly keepFrom: LogPosition;
  /** Whether to report what would be removed, without removing it. */
  readonly dryRun?: boolean;
}

export interface RemovedSegment {
  readonly segment: number;
  readonly bytes: number;
  readonly because: 'age' | 'size';
}

export interface PruneReport {
  readonly removed: readonly RemovedSegment[];
  /** Bytes that the remaining segments take. */
  readonly bytesLeft: number;
  /** Segments that are due but stay because they hold, or may hold, unprocessed records. */
  readonly keptUnprocessed: readonly number[];
  /** Whether the last segment is due, too, but stays because records are appended to it. */
  readonly keptNewest: boolean;
}

interface SizedSegment {
  readonly name: SegmentName;
  readonly bytes: number;
}

/**
 * Removes whole old segments from the front, so that the log has no holes. Never removes the last segment, the segment that
 * contains `keepFrom`, or any later one.
 */
export async function pruneLog({ disk }: LogWorld, folder: string, options: PruneOptions): Promise<PruneReport> {
  const { olderThan = -Infinity, bytesMax = Infinity, keepFrom, dryRun = false } = options;
  const segments: SizedSegment[] = [];
  for (const name of await listSegments(disk, folder)) {
    segments.push({ name, bytes: await segmentBytesOnDisk(disk, folder, name) });
  }
  const bytesBefore = segments.reduce((sum, { bytes }) => sum + bytes, 0);
  /** What would be left if every segment that is due were removed. */
  let bytesDue = bytesBefore;
  let bytesLeft = bytesBefore;
  const removed: RemovedSegment[] = [];
  const keptUnprocessed: number[] = [];
  let keptNewest = false;
  for (const [i, { name, bytes }] of segments.entries()) {
    const next = segments[i + 1];
    if (next === undefined) {
      keptNewest = bytes > 0 && (name.firstTimestamp < olderThan || bytesDue > bytesMax);
      break;
    }
    // No record of a segment is newer than the timestamp in the next segment's name.
    const isOld = next.name.firstTimestamp < olderThan;
    if (!isOld && bytesDue <= bytesMax) break;
    bytesDue -= bytes;
    if (name.number >= keepFrom.segment) {
      keptUnprocessed.push(name.number);
      continue;
    }
    if (!dryRun) await removeSegment(disk, folder, name);
    removed.push({ segment: name.number, bytes, because: isOld ? 'age' : 'size' });
    bytesLeft -= bytes;
  }
  if (!dryRun && removed.length > 0) await disk.syncFolder(folder);
  return { removed, bytesLeft, keptUnprocessed, keptNewest };
}
