import { completeIndex, storedIndex } from '../index/index-store.js';
import type { LogPosition } from '../format/position.js';
import { NEWLINE } from '../format/line.js';
import type { SegmentName } from '../format/segment-name.js';
import { listSegments, openSegment } from '../segment/folder.js';
import { DamagedRange, type SegmentSource } from '../segment/segment-source.js';
import type { LogWorld } from '../log-world.js';

const BLOCK_BYTES = 256 << 10;

/**
 * Counts records between two positions without reading everything between them: indexes have the counts, except for the last
 * megabyte before each position. Damaged lines count, too.
 */
export class RecordCounter {
  /** The number of records in segments that no longer grow. */
  readonly #finished = new Map<number, number>();

  constructor(
    private readonly world: Pick<LogWorld, 'disk'>,
    private readonly folder: string,
  ) {}

  /** @returns 0 if `to` lies before `from` @throws the disk's errors */
  async between(from: LogPosition, to: LogPosition): Promise<number> {
    if (from.segment === to.segment && from.offset >= to.offset) return 0;
    const segments = await listSegments(this.world.disk, this.folder);
    for (const number of this.#finished.keys()) if (number < (segments[0]?.number ?? 0)) this.#finished.delete(number);
    let records = 0;
    for (const name of segments) {
      if (name.number < from.segment || name.number > to.segment) continue;
      records += name.number === to.segment ? await this.#before(name, to.offset) : await this.#all(name);
      if (name.number === from.segment) records -= await this.#before(name, from.offset);
    }
    return Math.max(0, records);
  }

  async #all(name: SegmentName): Promise<number> {
    const known = this.#finished.get(name.number);
    if (known !== undefined) return known;
    const { disk } = this.world;
    const records = await this.#within(name, async (source) => {
      const { summary } = await completeIndex(disk, this.folder, name, source, false);
      return summary.records;
    });
    this.#finished.set(name.number, records);
    return records;
  }

  async #before(name: SegmentName, offset: number): Promise<number> {
    if (offset === 0) return 0;
    const { entries } = await storedIndex(this.world.disk, this.folder, name);
    const start = entries.findLast((entry) => entry.offset <= offset) ?? { offset: 0, records: 0 };
    return start.records + (await this.#within(name, (source) => linesOf(source, start.offset, offset)));
  }

  async #within(name: SegmentName, count: (source: SegmentSource) => Promise<number>): Promise<number> {
    const source = await openSegment(this.world.disk, this.folder, name);
    // The segment was removed after it was listed.
    if (source === undefined) return 0;
    try {
      return await count(source);
    } finally {
      await source.close();
    }
  }
}

async function linesOf(source: SegmentSource, from: number, to: number): Promise<number> {
  const block = Buffer.allocUnsafe(BLOCK_BYTES);
  let lines = 0;
  for (let offset = from; offset < to;) {
    try {
      const bytes = await source.read(block, 0, Math.min(block.length, to - offset), offset);
      if (bytes === 0) break;
      for (let at = block.indexOf(NEWLINE); at !== -1 && at < bytes; at = block.indexOf(NEWLINE, at + 1)) lines += 1;
      offset += bytes;
    } catch (error) {
      if (!(error instanceof DamagedRange) || error.nextOffset === undefined) throw error;
      offset = error.nextOffset;
    }
  }
  return lines;
}
