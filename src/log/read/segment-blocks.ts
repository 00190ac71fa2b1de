import type { Disk } from '../disk/disk.js';
import type { LogPosition } from '../format/position.js';
import type { SegmentName } from '../format/segment-name.js';
import { storedIndex } from '../index/index-store.js';
import type { SegmentSource } from '../segment/segment-source.js';
import { chunkBlocks, damageBlock } from './chunk-blocks.js';
import { LINE_BYTES_MAX, readChunks, type Spare } from './chunks.js';
import { damageAt, type Damage, type DamageOrigin } from './damage.js';
import type { LogBlock } from './log-block.js';

export interface SegmentRange {
  readonly from: number;
  readonly to: number;
  readonly blockBytes: number;
  readonly spare: Spare | undefined;
  /** Whether bytes without a newline at the end are lost, because nobody will complete them. */
  readonly isTornLost: () => Promise<boolean>;
}

/** Reads one segment's records and damage between two offsets. */
export async function* segmentBlocks(
  segment: number,
  source: SegmentSource,
  { from, to, blockBytes, spare, isTornLost }: SegmentRange,
): AsyncGenerator<LogBlock, void, void> {
  const origin = { file: source.path, segment };
  if (from > to) {
    const problem = `the segment ends at byte ${to}; what followed is lost`;
    yield damageBlock(damageAt('beyond_end', origin, from, 0, problem), { segment, offset: to });
    return;
  }
  for await (const chunk of readChunks(source, from, to, blockBytes, LINE_BYTES_MAX, spare)) {
    if (chunk.kind === 'lines') {
      yield* chunkBlocks(chunk, origin);
    } else if (chunk.kind === 'lost') {
      const damage = damageAt(chunk.cause, origin, chunk.offset, chunk.bytes, chunk.reason);
      yield damageBlock(damage, { segment, offset: chunk.offset + chunk.bytes });
    } else if (await isTornLost()) {
      const damage = damageAt('torn_tail', origin, chunk.offset, chunk.bytes, `${chunk.bytes} bytes without a newline`);
      yield damageBlock(damage, { segment, offset: chunk.offset });
    }
  }
  const torn = await tornFrames(source, to);
  if (torn !== undefined && (await isTornLost())) yield damageBlock(damageOf(torn, origin), { segment, offset: to });
}

/** Bytes at the end of an encrypted segment that are not a whole frame. */
export interface TornFrames {
  readonly offset: number;
  readonly fileOffset: number;
}

/** @param to only if the content is read up to its end */
export async function tornFrames(source: SegmentSource, to: number): Promise<TornFrames | undefined> {
  if (source.sealed === undefined || source.packed || to < (await source.size())) return undefined;
  const fileOffset = await source.sealed.strangeEnd();
  return fileOffset === undefined ? undefined : { offset: to, fileOffset };
}

/** What is wrong with an encrypted segment's file, besides content that can't be read. */
export function frameDamage({ sealed, path, packed }: SegmentSource, segment: number, torn?: TornFrames): Damage[] {
  if (sealed === undefined) return [];
  const origin = { file: path, segment };
  // Of a packed segment, the places are not those of its lines: only those in the file are told.
  const findings = sealed.findings.map(({ fileOffset, offset, message }) =>
    packed
      ? { ...damageAt('sealed_frame', origin, 0, 0, message), message: `${path}: byte ${fileOffset}: ${message}` }
      : damageAt('sealed_frame', origin, offset, 0, message),
  );
  return torn === undefined ? findings : [...findings, damageOf(torn, origin)];
}

function damageOf({ offset, fileOffset }: TornFrames, origin: DamageOrigin): Damage {
  const problem = `what follows is not a whole encrypted frame (byte ${fileOffset} of the file)`;
  return damageAt('torn_tail', origin, offset, 0, problem);
}

/**
 * The known loss behind a segment's last byte. A segment that is still being written has none.
 *
 * @param finished whether another segment follows
 */
export async function lossBehind(
  disk: Disk,
  folder: string,
  name: SegmentName,
  source: SegmentSource,
  finished: boolean,
): Promise<Damage | undefined> {
  const origin = { file: source.path, segment: name.number };
  const { summary } = await storedIndex(disk, folder, name);
  // Read in this order, because a segment that is being finished gets its full size before its summary.
  const size = await source.size();
  // Of a packed segment without its key, the size is that of the packed content.
  const isSizeKnown = !source.packed || source.sealed === undefined || source.sealed.hasKey;
  if (isSizeKnown && summary !== undefined && summary.bytes > size) {
    const problem = `the segment ends here but had ${summary.bytes} bytes with ${summary.records} records${because(source)}`;
    return damageAt('truncated', origin, size, summary.bytes - size, problem);
  }
  const problem = await truncation(source, finished);
  return problem === undefined ? undefined : damageAt('truncated', origin, size, 0, problem);
}

/**
 * Says that an unknown number of bytes is lost behind the end of a segment; undefined if none is known to be.
 *
 * @param finished whether another segment follows
 */
export async function truncation(source: SegmentSource, finished: boolean): Promise<string | undefined> {
  const { isTruncated, sealed, packed } = source;
  if (!isTruncated) return undefined;
  const why = because(source);
  if (sealed === undefined) return `the packed segment is truncated here${why}`;
  // The last segment gets its end when the next one begins.
  const isLost = finished || packed || (await sealed.hasEnd());
  return isLost ? `the encrypted segment has no end here: what followed is lost${why}` : undefined;
}

function because({ endLoss }: SegmentSource): string {
  return endLoss === undefined ? '' : ` (${endLoss})`;
}

/** A block that reports the missing segments between `at` and the next one that exists. */
export function missingSegments(folder: string, at: LogPosition, next: SegmentName): LogBlock | undefined {
  if (at.segment === 0 || next.number <= at.segment) return undefined;
  const last = next.number - 1;
  const which = at.segment === last ? `segment ${last} is` : `segments ${at.segment} to ${last} are`;
  const damage: Damage = {
    kind: 'missing_segments',
    file: folder,
    segment: at.segment,
    offset: at.offset,
    bytes: 0,
    message: `${folder}: ${which} missing, with every record in it`,
  };
  return damageBlock(damage, { segment: next.number, offset: 0 });
}
