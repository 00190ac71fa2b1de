import { NEWLINE } from '../format/line.js';
import { timestampOfLine } from '../../event/index.js';
import { stripRun } from '../read/strip.js';
import type { AppendBatch } from './append-batch.js';

/** Small batches share a page, so that ten thousand single records are not ten thousand buffers. */
const PAGE_BYTES = 256 << 10;
const SPARE_BYTES_MAX = 4 << 20;

/** The requested records that are in memory. */
export interface RecentRecords {
  /** Whole lines without their crc. */
  readonly bytes: Buffer;
  readonly records: number;
}

interface Page {
  readonly buffer: Buffer;
  used: number;
  records: number;
  lastTimestamp: number;
}

/** Keeps the newest records of a log in memory for quick answers: as many as configured, and up to a page more. */
export class RecentBuffer {
  readonly #recordsMax: number;
  readonly #bytesMax: number;
  #pages: Page[] = [];
  #records = 0;
  #bytes = 0;
  /** The memory of a page that was forgotten: new memory would be touched for each batch, and collected. */
  #spare: Buffer | undefined;
  /** Records up to this time are, or may be, only on the disk. */
  #forgotten: number;

  /** @param lastTimestamp the timestamp of the last record stored before, or −Infinity */
  constructor(recordsMax: number, bytesMax: number, lastTimestamp: number) {
    this.#recordsMax = recordsMax;
    this.#bytesMax = bytesMax;
    this.#forgotten = lastTimestamp;
  }

  /** The number of records in memory. */
  get records(): number {
    return this.#records;
  }

  /** Adds a stored batch's records. */
  add({ bytes, records, last }: AppendBatch): void {
    if (last === undefined) return;
    if (this.#recordsMax === 0 || bytes.length > this.#bytesMax) {
      this.#forget(this.#pages.length);
      this.#forgotten = last.timestamp;
      return;
    }
    const page = this.#pageFor(bytes.length);
    bytes.copy(page.buffer, page.used);
    page.used += bytes.length;
    page.records += records;
    page.lastTimestamp = last.timestamp;
    this.#records += records;
    const oldest = this.#pages[0];
    if (oldest !== undefined && oldest !== page && this.#records - oldest.records >= this.#recordsMax) this.#forget(1);
  }

  /**
   * The records from `since` on, oldest first; undefined if memory does not reach back that far, or if they have more than
   * `bytesMax` bytes as stored.
   *
   * @param since milliseconds since the epoch
   */
  since(since: number, recordsMax: number, bytesMax: number): RecentRecords | undefined {
    if (since <= this.#forgotten) return undefined;
    const parts: Buffer[] = [];
    let records = 0;
    let left = bytesMax;
    for (const page of this.#pages) {
      if (records >= recordsMax) break;
      if (page.lastTimestamp < since) continue;
      const start = firstAt(page, since);
      const end = endAfter(page, start, recordsMax - records);
      left -= end - start;
      if (left < 0) return undefined;
      const lines = Buffer.from(page.buffer.subarray(start, end));
      const run = stripRun(lines, 0, lines.length);
      parts.push(lines.subarray(0, run.end));
      records += run.records;
    }
    return { bytes: Buffer.concat(parts), records };
  }

  #pageFor(bytes: number): Page {
    const last = this.#pages.at(-1);
    if (last !== undefined && last.used + bytes <= last.buffer.length) return last;
    const buffer = this.#memoryFor(bytes);
    const page = { buffer, used: 0, records: 0, lastTimestamp: 0 };
    this.#pages.push(page);
    this.#bytes += buffer.length;
    let tooMany = 0;
    for (let over = this.#bytes - this.#bytesMax; over > 0 && tooMany < this.#pages.length - 1; tooMany++) {
      over -= this.#pages[tooMany]?.buffer.length ?? 0;
    }
    this.#forget(tooMany);
    return page;
  }

  #memoryFor(bytes: number): Buffer {
    const spare = this.#spare;
    this.#spare = undefined;
    if (spare !== undefined && spare.length >= bytes) return spare;
    // A multiple of a page fits another large batch, too.
    const wanted = Math.ceil(bytes / PAGE_BYTES) * PAGE_BYTES;
    return Buffer.allocUnsafeSlow(Math.max(Math.min(wanted, this.#bytesMax), bytes));
  }

  #forget(pages: number): void {
    for (const page of this.#pages.splice(0, pages)) {
      if (page.buffer.length <= SPARE_BYTES_MAX) this.#spare = page.buffer;
      this.#records -= page.records;
      this.#bytes -= page.buffer.length;
      this.#forgotten = Math.max(this.#forgotten, page.lastTimestamp);
    }
  }
}

function firstAt({ buffer, used }: Page, since: number): number {
  let at = 0;
  while (at < used && (timestampOfLine(buffer, at) ?? since) < since) at = buffer.indexOf(NEWLINE, at) + 1;
  return at;
}

function endAfter({ buffer, used }: Page, start: number, recordsMax: number): number {
  let at = start;
  for (let records = 0; at < used && records < recordsMax; records++) at = buffer.indexOf(NEWLINE, at) + 1;
  return at;
}
