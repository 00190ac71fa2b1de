import { join } from 'node:path';
import type { Disk } from '../disk/disk.js';
import { removeIfThere } from '../disk/whole.js';
import { LOG_START, type LogPosition } from '../format/position.js';
import { logIdentity, logOfSegment, type LogIdentity } from '../head/log-identity.js';
import {
  isSealedForm,
  isSegmentForm,
  parseSegmentFile,
  SEGMENT_FORMS,
  segmentFile,
  type SegmentFileKind,
  type SegmentForm,
  type SegmentName,
} from '../format/segment-name.js';
import { storedIndex } from '../index/index-store.js';
import { lastLineBefore } from '../read/line-search.js';
import { listSegments, openSegment } from '../segment/folder.js';
import { plainSegment } from '../segment/plain-segment.js';
import { truncateSealed } from './truncate-sealed.js';
import { truncateTail, type TornTail } from './torn-tail.js';

/** The state of a folder when a writer takes it over. */
export interface Recovery {
  /** The position behind the last record. */
  readonly end: LogPosition;
  /** The last record's timestamp, in milliseconds since the epoch; −1 if there is none. */
  readonly lastTimestamp: number;
  readonly segments: readonly SegmentName[];
  readonly torn: TornTail | undefined;
}

const UNFINISHED_FILE = /\.(?:gz|enc|index)\.tmp$/;

/**
 * Repairs a folder, in whatever state its last writer left it. The folder's lock must be held. Reads only the end of the last
 * segment, so a large log takes no longer than a small one. Everything found is durable afterwards: the last writer may have died
 * before its sync, and an event with a known key is acknowledged without another write.
 */
export async function recover(disk: Disk, folder: string): Promise<Recovery> {
  const identity = await logIdentity(disk, folder, true);
  await removeUnfinished(disk, folder, identity);
  const segments = await listSegments(disk, folder);
  const last = segments.at(-1);
  if (last === undefined) return { end: LOG_START, lastTimestamp: -1, segments, torn: undefined };
  const torn = await truncateLast(disk, folder, last, logOfSegment(identity, last.number) !== undefined);
  await disk.syncFolder(folder);
  let offset: number | undefined;
  for (const name of segments.toReversed()) {
    const source = await openSegment(disk, folder, name, true);
    if (source === undefined) continue;
    try {
      const size = await source.size();
      offset ??= size;
      const line = await lastLineBefore(source, size);
      if (line === undefined) continue;
      const lastTimestamp = Math.max(line.timestamp, last.firstTimestamp);
      return { end: { segment: last.number, offset }, lastTimestamp, segments, torn };
    } finally {
      await source.close();
    }
  }
  return { end: { segment: last.number, offset: offset ?? 0 }, lastTimestamp: last.firstTimestamp, segments, torn };
}

/** Removes unfinished files that a crash left, and segments that still exist in the form that they were made from. */
async function removeUnfinished(disk: Disk, folder: string, identity: LogIdentity | undefined): Promise<void> {
  const files = await disk.list(folder);
  const there = new Set(files);
  for (const file of files) {
    const parsed = parseSegmentFile(file);
    // What is encrypted does not give way to a plain file that somebody else has put beside it.
    const isBound = parsed !== undefined && logOfSegment(identity, parsed.name.number) !== undefined;
    const isSecondForm =
      parsed !== undefined &&
      earlierForms(parsed.kind).some(
        (form) => (!isBound || isSealedForm(form)) && there.has(segmentFile(parsed.name, form)),
      );
    if (isSecondForm || UNFINISHED_FILE.test(file)) await removeIfThere(disk, join(folder, file));
  }
}

function earlierForms(kind: SegmentFileKind): readonly SegmentForm[] {
  return isSegmentForm(kind) ? SEGMENT_FORMS.slice(0, SEGMENT_FORMS.indexOf(kind)) : [];
}

async function truncateLast(
  disk: Disk,
  folder: string,
  name: SegmentName,
  isBound: boolean,
): Promise<TornTail | undefined> {
  const path = join(folder, segmentFile(name, 'ndjson'));
  if (isBound || (await disk.size(path)) === undefined) {
    const sealed = join(folder, segmentFile(name, 'ndjson.enc'));
    // A packed segment was finished and is never truncated.
    return (await disk.size(sealed)) === undefined ? undefined : await truncateSealed(disk, folder, name, sealed);
  }
  const file = await disk.open(path, 'update');
  try {
    const size = await file.size();
    const offset = (await lastLineBefore(plainSegment(path, file), size))?.end ?? 0;
    const { summary } = await storedIndex(disk, folder, name);
    const missingBytes = Math.max(0, (summary?.bytes ?? 0) - size);
    if (offset === size && missingBytes === 0) {
      await file.datasync();
      return undefined;
    }
    // The summary counts bytes that are missing. This is reported only once, here; from now on the segment counts as whole.
    await removeIfThere(disk, join(folder, segmentFile(name, 'index')));
    const keptIn = offset < size ? await truncateTail(disk, folder, name, file, offset, size) : undefined;
    if (keptIn === undefined) await file.datasync();
    return { file: path, segment: name.number, offset, cutBytes: size - offset, keptIn, missingBytes };
  } finally {
    await file.close();
  }
}
