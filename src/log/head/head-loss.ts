import { join } from 'node:path';
import type { Disk } from '../disk/disk.js';
import { comparePositions, type LogPosition } from '../format/position.js';
import type { SegmentName } from '../format/segment-name.js';
import { damageAt, type Damage } from '../read/damage.js';
import { openSegment, segmentPath } from '../segment/folder.js';
import { HEAD, SLOT_BYTES, type HeadFound } from './head-file.js';
import type { LogIdentity } from './log-identity.js';

/**
 * What is lost behind the end of a log's files, as its head says, and what is wrong with the head.
 *
 * @param segments of the log
 * @param end where the last one ends
 * @param head undefined: there is none
 */
export async function headLosses(
  disk: Disk,
  folder: string,
  segments: readonly SegmentName[],
  end: LogPosition,
  head: HeadFound | undefined,
): Promise<Damage[]> {
  const origin = { file: join(folder, HEAD), segment: 0 };
  if (head === undefined) {
    const problem = 'missing: whether the end of the log was cut off can not be told';
    const isBound = (await identityBySegments(disk, folder, segments)) !== undefined;
    return isBound ? [damageAt('head', origin, 0, 0, problem)] : [];
  }
  const losses = head.damaged.map((at) =>
    damageAt('head', origin, at, SLOT_BYTES, "what tells of the log's end is damaged here"),
  );
  const known = head.value?.end;
  if (known === undefined || comparePositions(end, known) >= 0) return losses;
  const isSame = end.segment === known.segment;
  const where = isSame ? `byte ${known.offset}` : `byte ${known.offset} of segment ${known.segment}`;
  const problem = endsEarly(where);
  const last = { file: await segmentPath(disk, folder, segments.at(-1)), segment: end.segment };
  return [...losses, damageAt('cut_off', last, end.offset, isSame ? known.offset - end.offset : 0, problem)];
}

/** Says that a log ends before what was acknowledged. @param where up to where it was */
export function endsEarly(where: string): string {
  return `the log ends here, but was acknowledged up to ${where}, as ${HEAD} says: what followed is lost`;
}

/** Which log the last segments are of, by their own headers; undefined: the last one is bound to none. */
export async function identityBySegments(
  disk: Disk,
  folder: string,
  segments: readonly SegmentName[],
): Promise<LogIdentity | undefined> {
  let identity: LogIdentity | undefined;
  for (const name of segments.toReversed()) {
    const source = await openSegment(disk, folder, name, true);
    await source?.close();
    const log = source?.sealed?.header?.log;
    if (log === undefined || (identity !== undefined && log !== identity.log)) break;
    identity = { log, boundFrom: name.number };
  }
  return identity;
}
