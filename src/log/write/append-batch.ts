import { RecordFrame, recordRoom, writeRecord, type RecordText } from '../format/record.js';
import type { RecordMark } from '../index/segment-index.js';
import type { Claim } from '../keys/key-index.js';
import type { LogPosition } from '../format/position.js';
import type { LogLines } from './log-lines.js';

const BYTES_MIN = 64 << 10;

/** A buffer that grew beyond this size is not reused for the next batch. */
const BYTES_KEPT = 4 << 20;

/** Records that share a write and a sync. */
export class AppendBatch {
  #buffer: Buffer;
  #used = 0;
  records = 0;
  /** The idempotency keys of the records. */
  readonly claims: Claim[] = [];
  first: RecordMark | undefined;
  last: RecordMark | undefined;
  /** Where the batch starts in the log, once it is durable; rejects if the batch is not stored. */
  readonly stored: Promise<LogPosition>;
  readonly resolve: (position: LogPosition) => void;
  readonly reject: (error: unknown) => void;

  /** @param buffer memory of an earlier batch that is no longer in use */
  constructor(buffer: Buffer = Buffer.allocUnsafeSlow(BYTES_MIN)) {
    this.#buffer = buffer;
    let resolve: (position: LogPosition) => void = () => undefined;
    let reject: (error: unknown) => void = () => undefined;
    this.stored = new Promise((onStored, onFailed) => {
      resolve = onStored;
      reject = onFailed;
    });
    // Callers get a promise of their own. A batch with only known keys has no caller.
    this.stored.catch(() => undefined);
    this.resolve = resolve;
    this.reject = reject;
  }

  get byteLength(): number {
    return this.#used;
  }

  /** The records as written to the file. */
  get bytes(): Buffer {
    return this.#buffer.subarray(0, this.#used);
  }

  add(record: RecordText): void {
    this.#makeRoom(recordRoom(record));
    this.#used = writeRecord(this.#buffer, this.#used, record);
    this.records += 1;
    this.last = record;
    this.first ??= record;
  }

  /**
   * Adds a record for each line.
   *
   * @param nextCounter returns the counter of the next id
   */
  addLines(lines: LogLines, timestamp: number, nextCounter: () => number): void {
    const { starts, ends, count } = lines;
    const [from = 0] = starts;
    const to = ends[count - 1] ?? 0;
    const frame = new RecordFrame(timestamp, lines.metadata);
    const room = count * frame.byteLength + lines.bytesTotal;
    this.#makeRoom(room + to - from);
    // Within a buffer, a few bytes are copied in half the time.
    const buffer = this.#buffer;
    const shift = this.#used + room - from;
    lines.bytes.copy(buffer, shift + from, from, to);
    for (let index = 0; index < count; index++) {
      const start = shift + (starts[index] as number);
      const end = shift + (ends[index] as number);
      this.#used = frame.write(buffer, this.#used, nextCounter(), start, end);
      if (index === 0) this.first ??= { id: frame.id, timestamp };
    }
    if (count > 0) this.last = { id: frame.id, timestamp };
    this.records += count;
  }

  #makeRoom(bytes: number): void {
    const room = this.#used + bytes;
    if (room <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(room, this.#buffer.length * 2));
    this.bytes.copy(larger);
    this.#buffer = larger;
  }

  /** Returns the memory for a later batch, if it is worth keeping. The batch's bytes must not be used after this. */
  reclaim(): Buffer | undefined {
    return this.#buffer.length <= BYTES_KEPT ? this.#buffer : undefined;
  }
}
