import { comparePositions, type LogPosition } from '../format/position.js';
import { headLosses } from '../head/head-loss.js';
import { headForReader } from '../head/take-head.js';
import { isLogWritten } from '../log-lock.js';
import { listSegments, openSegment } from '../segment/folder.js';
import type { SegmentName } from '../format/segment-name.js';
import type { SegmentSource } from '../segment/segment-source.js';
import type { LogWorld } from '../log-world.js';
import { damageBlock } from './chunk-blocks.js';
import type { Spare } from './chunks.js';
import { dropOlder, keepFront, reaches } from './cut-block.js';
import { findSince } from './find-since.js';
import type { LogBlock } from './log-block.js';
import { endOfFiles, type LogEnd } from './log-end.js';
import { lossBehind, missingSegments, segmentBlocks } from './segment-blocks.js';

/** Small enough to process while the next block is read, large enough that the cost per block is negligible. */
const BLOCK_BYTES = 256 << 10;

export interface LogReadOptions {
  /** Where to start: behind a position, or at the first record that is not older than a time (milliseconds since the epoch). */
  readonly from: LogPosition | { readonly since: number };
  /** Reads only records older than this, in milliseconds since the epoch. */
  readonly until?: number;
  /** The most records to read. */
  readonly recordsMax?: number;
  /** Whether to wait for more at the end of the log. Otherwise reading ends where the log ended when reading began. */
  readonly follow?: boolean;
  /** Stops reading, without an error. */
  readonly signal?: AbortSignal;
  /** How many bytes to read at a time; a longer line makes a longer block. */
  readonly blockBytes?: number;
  /** Memory of earlier blocks, free for reuse. */
  readonly spare?: Spare;
}

/** What a log's writer knows of its folder, for readers in the same process. */
export interface WritersFolder {
  /** Whether the folder is in its place. If not, its path leads to somebody else's files. */
  isInPlace(): boolean;
  /** @throws DisplacedError if the folder is not in its place */
  check(): void;
  /** Opens a segment through the file that the writer has open. */
  openCurrent(number: number): Promise<{ readonly name: SegmentName; readonly source: SegmentSource } | undefined>;
}

/**
 * Reads a log in order, even beside a writer and while segments are packed or removed. Keeps one block in memory. A block reports
 * the damage in it; reading continues behind the damage. While the folder is not in its place, only the segment that its writer
 * has open is read; a following reader waits for the rest.
 *
 * @param own for a reader in the writer's process
 * @throws the disk's errors; DisplacedError
 */
export async function* readLog(
  world: LogWorld,
  folder: string,
  end: LogEnd,
  options: LogReadOptions,
  own?: WritersFolder,
): AsyncGenerator<LogBlock, void, void> {
  const { from, until = Infinity, recordsMax = Infinity } = options;
  const since = 'since' in from ? from.since : -Infinity;
  const start = 'since' in from ? await findSince(world, folder, end.position(), from.since) : from;
  let left = recordsMax;
  let started = false;

  if (left <= 0) return;
  for await (const whole of allBlocks(world, folder, end, start, options, own)) {
    const block: LogBlock | undefined = started ? whole : dropOlder(whole, since);
    if (block === undefined) continue;
    started ||= block.records > 0;
    if (reaches(block, until) || block.records >= left) {
      const front = keepFront(block, until, left);
      if (front.records > 0) yield front;
      return;
    }
    left -= block.records;
    yield block;
  }
}

async function* allBlocks(
  world: LogWorld,
  folder: string,
  end: LogEnd,
  start: LogPosition,
  { follow = false, signal, blockBytes = BLOCK_BYTES, spare }: LogReadOptions,
  own: WritersFolder | undefined,
): AsyncGenerator<LogBlock, void, void> {
  const { disk } = world;
  const head = follow || own !== undefined ? undefined : await headForReader(disk, folder);
  const stop = follow ? undefined : (end.position() ?? (await endOfFiles(world, folder)));
  let at = start;

  while (!isAborted(signal)) {
    const bound = stop ?? end.position();
    const isGone = own?.isInPlace() === false;
    const open = isGone ? await own.openCurrent(at.segment) : undefined;
    if (isGone && open === undefined && stop !== undefined) own.check();
    const segments = isGone ? (open === undefined ? [] : [open.name]) : await listSegments(disk, folder);
    const name = segments.find(({ number }) => number >= at.segment);
    // Whether a segment's end is final depends on what was known before the segment was read to its end.
    const growing = bound?.segment ?? segments.at(-1)?.number ?? 0;

    if (name !== undefined && name.number <= growing) {
      const missing = missingSegments(folder, at, name);
      if (name.number > at.segment) at = { segment: name.number, offset: 0 };
      if (missing !== undefined) yield missing;
      const source = open?.source ?? (await openSegment(disk, folder, name));
      // The segment was packed or removed after it was listed: list again.
      if (source === undefined) continue;
      const finished = name.number < growing;
      try {
        const size = await source.size();
        const to = name.number === bound?.segment ? Math.min(bound.offset, size) : size;
        const isTornLost = async (): Promise<boolean> =>
          finished || (stop !== undefined && !(await isLogWritten(folder)));
        const range = { from: at.offset, to, blockBytes, spare, isTornLost };
        for await (const block of segmentBlocks(name.number, source, range)) {
          at = block.nextPosition;
          yield block;
          if (isAborted(signal)) return;
        }
        if (finished) at = { segment: name.number + 1, offset: 0 };
        const loss =
          !isGone && (finished || stop !== undefined)
            ? await lossBehind(disk, folder, name, source, finished)
            : undefined;
        if (loss !== undefined) yield damageBlock(loss, at);
        if (finished) continue;
      } finally {
        await source.close();
      }
    }
    if (stop !== undefined) {
      if (own !== undefined) return;
      const losses = await headLosses(disk, folder, await listSegments(disk, folder), stop, head);
      for (const damage of losses) yield damageBlock(damage, at);
      return;
    }
    const isFinal = end.isFinal();
    if (await hasGrown(world, folder, end, bound, growing)) continue;
    if (isFinal) return;
    await end.past(bound, signal);
  }
}

/** A function, because the signal may be aborted during any await, and the compiler would narrow a direct check of the property. */
function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}

/** Whether the log has grown past `bound`, or into another segment, since these were determined. */
async function hasGrown(
  { disk }: LogWorld,
  folder: string,
  end: LogEnd,
  bound: LogPosition | undefined,
  lastSegment: number,
): Promise<boolean> {
  const now = end.position();
  if (bound !== undefined && now !== undefined) return comparePositions(now, bound) > 0;
  return ((await listSegments(disk, folder)).at(-1)?.number ?? 0) > lastSegment;
}
