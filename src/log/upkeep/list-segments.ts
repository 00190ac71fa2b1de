import { basename, join } from 'node:path';
import { segmentFile } from '../format/segment-name.js';
import { completeIndex } from '../index/index-store.js';
import type { RecordMark } from '../index/segment-index.js';
import { listSegments, openSegment, segmentBytesOnDisk } from '../segment/folder.js';
import type { LogWorld } from '../log-world.js';

/** Describes one segment for a listing. */
export interface SegmentInfo {
  readonly segment: number;
  /** The file's name, without the folder. */
  readonly file: string;
  readonly packed: boolean;
  /** Bytes of the unpacked segment. */
  readonly bytes: number;
  readonly bytesOnDisk: number;
  readonly records: number;
  readonly first: RecordMark | null;
  readonly last: RecordMark | null;
  /** Bytes that recovery cut off its end and moved into its `.torn` file. */
  readonly tornBytes: number;
}

/** Describes the segments of a log, oldest first. Reads indexes and the part of the last segment that its index does not cover. */
export async function describeSegments({ disk }: LogWorld, folder: string): Promise<SegmentInfo[]> {
  const segments = await listSegments(disk, folder);
  const infos: SegmentInfo[] = [];
  for (const name of segments) {
    const source = await openSegment(disk, folder, name);
    // The segment was removed after it was listed.
    if (source === undefined) continue;
    try {
      const finished = name !== segments.at(-1);
      const { summary } = await completeIndex(disk, folder, name, source, finished);
      infos.push({
        segment: name.number,
        file: basename(source.path),
        packed: source.packed,
        ...summary,
        bytesOnDisk: await segmentBytesOnDisk(disk, folder, name),
        tornBytes: (await disk.size(join(folder, segmentFile(name, 'torn')))) ?? 0,
      });
    } finally {
      await source.close();
    }
  }
  return infos;
}
