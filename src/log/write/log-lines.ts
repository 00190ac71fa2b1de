const LINES_AT_FIRST = 256;

/**
 * Many values that share their metadata and their memory. The log stores them as it stores an entry for each, in a fraction of the
 * time: nothing is allocated for a single one.
 */
export class LogLines {
  /** Where the values start in {@link bytes}, and one past their last bytes. */
  starts = new Int32Array(LINES_AT_FIRST);
  ends = new Int32Array(LINES_AT_FIRST);
  /** The number of values. */
  count = 0;
  /** The bytes of all values together, and of the longest. */
  bytesTotal = 0;
  bytesOfLongest = 0;

  /**
   * @param bytes must not change until an append of these lines has returned its promise
   * @param metadata of each record: one JSON object without a line break
   */
  constructor(
    readonly bytes: Buffer,
    readonly metadata: string,
  ) {}

  /** Adds one JSON value without a line break. */
  add(start: number, end: number): void {
    if (this.count === this.starts.length) {
      this.starts = twiceAsLong(this.starts);
      this.ends = twiceAsLong(this.ends);
    }
    this.starts[this.count] = start;
    this.ends[this.count] = end;
    this.count += 1;
    this.bytesTotal += end - start;
    this.bytesOfLongest = Math.max(this.bytesOfLongest, end - start);
  }

  /** Some of the values, from one index to before another. */
  slice(from: number, to: number): LogLines {
    const lines = new LogLines(this.bytes, this.metadata);
    for (let index = from; index < to; index++) lines.add(this.starts[index] as number, this.ends[index] as number);
    return lines;
  }
}

function twiceAsLong(numbers: Int32Array): Int32Array<ArrayBuffer> {
  const longer = new Int32Array(numbers.length * 2);
  longer.set(numbers);
  return longer;
}
