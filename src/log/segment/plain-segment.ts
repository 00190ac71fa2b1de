import type { DiskFile } from '../disk/disk.js';
import { DamagedRange, type SegmentSource } from './segment-source.js';

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

/** A segment that is not encrypted where all are: somebody else has put it there, and nothing of it is read. */
export function strangeSegment(path: string, file: DiskFile): SegmentSource {
  const reason = 'the file is not encrypted, as those of this log are from here on: it is not of this log';
  return {
    ...plainSegment(path, file),
    read: () => Promise.reject(new DamagedRange(reason, undefined, 'sealed_frame')),
  };
}
