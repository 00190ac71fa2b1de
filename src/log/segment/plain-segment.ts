import type { DiskFile } from '../disk/disk.js';
import type { SegmentSource } from './segment-source.js';

/** A segment that is not packed. */
export function plainSegment(path: string, file: DiskFile): SegmentSource {
  return {
    path,
    packed: false,
    isTruncated: false,
    size: () => file.size(),
    read: (into, start, end, offset) => file.read(into, start, end, offset),
    close: () => file.close(),
  };
}
