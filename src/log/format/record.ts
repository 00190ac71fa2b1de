import { AFTER_ID, BEFORE_DATA, BEFORE_ID, BEFORE_METADATA, eventIdWriter, ID_LENGTH } from '../../event/index.js';
import { TAIL_BYTES, writeTail } from './line.js';

/** A record before it gets its position in the log. */
export interface RecordText {
  readonly id: string;
  /** Milliseconds since the epoch, an integer. */
  readonly timestamp: number;
  /** JSON text without a line break, as a string or as UTF-8. */
  readonly data: string | Uint8Array;
  /** JSON text without a line break. */
  readonly metadata: string;
}

/** A UTF-16 code unit takes at most this many bytes in UTF-8. */
const UTF8_BYTES_PER_UNIT = 3;
/** The keys, digits, braces and tail of a line. */
const FRAME_BYTES = 64 + TAIL_BYTES;

/** The most bytes that {@link writeRecord} may need. */
export function recordRoom({ id, data, metadata }: RecordText): number {
  const dataBytes = typeof data === 'string' ? data.length * UTF8_BYTES_PER_UNIT : data.length;
  return dataBytes + (id.length + metadata.length) * UTF8_BYTES_PER_UNIT + FRAME_BYTES;
}

/**
 * Writes a record as a line.
 *
 * @param at where the line starts; {@link recordRoom} bytes must be free there
 * @returns where the line ends, one past its newline
 */
export function writeRecord(buffer: Buffer, at: number, record: RecordText): number {
  const { id, timestamp, data, metadata } = record;
  let end = at;
  if (typeof data === 'string') {
    end += buffer.write(
      `${BEFORE_ID}${id}${AFTER_ID}${timestamp}${BEFORE_DATA}${data}${BEFORE_METADATA}${metadata}`,
      at,
    );
  } else {
    end += buffer.write(`${BEFORE_ID}${id}${AFTER_ID}${timestamp}${BEFORE_DATA}`, at);
    buffer.set(data, end);
    end += data.length;
    end += buffer.write(`${BEFORE_METADATA}${metadata}`, end);
  }
  return writeTail(buffer, at, end);
}

/** Writes records that differ only in their ids and data: what stands around these is made once. */
export class RecordFrame {
  /** The bytes of a record besides its data. */
  readonly byteLength: number;
  readonly #head: Buffer;
  readonly #tail: Buffer;
  readonly #writeId: (counter: number) => void;

  /**
   * @param timestamp milliseconds since the epoch, an integer
   * @param metadata JSON text without a line break
   */
  constructor(timestamp: number, metadata: string) {
    this.#head = Buffer.from(`${BEFORE_ID}${' '.repeat(ID_LENGTH)}${AFTER_ID}${timestamp}${BEFORE_DATA}`);
    this.#tail = Buffer.from(`${BEFORE_METADATA}${metadata}`);
    this.#writeId = eventIdWriter(this.#head.subarray(BEFORE_ID.length, BEFORE_ID.length + ID_LENGTH), timestamp);
    this.byteLength = this.#head.length + this.#tail.length + TAIL_BYTES + 1;
  }

  /**
   * Writes a record whose data is in the same buffer, from `start` to before `end`, behind the record's own place.
   *
   * @param counter of the id, see `eventId`
   * @returns where the line ends, one past its newline
   */
  write(buffer: Buffer, at: number, counter: number, start: number, end: number): number {
    this.#writeId(counter);
    buffer.set(this.#head, at);
    const dataAt = at + this.#head.length;
    buffer.copyWithin(dataAt, start, end);
    const tailAt = dataAt + end - start;
    buffer.set(this.#tail, tailAt);
    return writeTail(buffer, at, tailAt + this.#tail.length);
  }

  /** The id of the record that was written last. */
  get id(): string {
    return this.#head.toString('latin1', BEFORE_ID.length, BEFORE_ID.length + ID_LENGTH);
  }
}
