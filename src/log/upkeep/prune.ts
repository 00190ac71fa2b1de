import type { LogPosition } from '../format/position.js';
import type { SegmentName } from '../format/segment-name.js';
import { listSegments, removeSegment, segmentBytesOnDisk } from '../segment/folder.js';
import type { LogWorld } from '../log-world.js';

export interface PruneOptions {
  /** Records older than this go, milliseconds since the epoch. */
  readonly olderThan?: number | undefined;
  /** The log's segments take at most this much disk space, if possible. */
  readonly bytesMax?: number | undefined;
  /** Records behind this position are still needed: the lowest checkpoint. */
  readonly keepFrom: LogPosition;
  /** Reports what would be removed, and removes nothing. */
  readonly dryRun?: boolean;
}

export interface RemovedSegment {
  readonly segment: number;
  readonly bytes: number;
  readonly because: 'age' | 'size';
}

export interface PruneReport {
  readonly removed: readonly RemovedSegment[];
  /** Bytes that the segments take afterwards. */
  readonly bytesLeft: number;
  /** Segments that are due and stay because they hold, or may hold, unprocessed records. */
  readonly keptUnprocessed: readonly number[];
  /** The last segment is due, too, and stays: records are appended to it. */
  readonly keptNewest: boolean;
}

interface SizedSegment {
  readonly name: SegmentName;
  readonly bytes: number;
}

/**
 * Removes old segments, whole ones, from the front, so that the log has no holes. Never removes the last segment, the one
 * that `keepFrom` lies in, or a later one.
 */
export async function pruneLog({ disk }: LogWorld, folder: string, options: PruneOptions): Promise<PruneReport> {
  const { olderThan = -Infinity, bytesMax = Infinity, keepFrom, dryRun = false } = options;
  const segments: SizedSegment[] = [];
  for (const name of await listSegments(disk, folder)) {
    segments.push({ name, bytes: await segmentBytesOnDisk(disk, folder, name) });
  }
  const bytesBefore = segments.reduce((sum, { bytes }) => sum + bytes, 0);
  /** What would be left if everything due could go. */
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
    // No record of a segment is younger than the next segment's name.
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
