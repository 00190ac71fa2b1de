/** The result of scanning a line: where the wanted values are, and how they are written. */
export interface ValueSlots {
  /** Where the value of each slot starts; −1 if it is missing. */
  readonly starts: Int32Array;
  /** One past the last byte of each value. */
  readonly ends: Int32Array;
  /** 1 if the value may be written differently from how we would print it: white space, escapes, unusual numbers, repeated keys. */
  readonly isOdd: Uint8Array;
}

/** The positions of an array's elements, one slot per element. */
export class ElementSlots implements ValueSlots {
  starts = new Int32Array(ELEMENTS_AT_FIRST);
  ends = new Int32Array(ELEMENTS_AT_FIRST);
  isOdd = new Uint8Array(ELEMENTS_AT_FIRST);
  /** The number of elements. Slots beyond it have no meaning. */
  count = 0;

  add(start: number, end: number, isOdd: boolean): void {
    if (this.count === this.starts.length) this.#grow();
    this.starts[this.count] = start;
    this.ends[this.count] = end;
    this.isOdd[this.count] = isOdd ? 1 : 0;
    this.count += 1;
  }

  #grow(): void {
    const { starts, ends, isOdd, count } = this;
    this.starts = new Int32Array(count * 2);
    this.ends = new Int32Array(count * 2);
    this.isOdd = new Uint8Array(count * 2);
    this.starts.set(starts);
    this.ends.set(ends);
    this.isOdd.set(isOdd);
  }
}

const ELEMENTS_AT_FIRST = 64;

/** What was found in several lines: their rows of slots follow one another. */
export interface LineRows extends ValueSlots {
  /** The position of each line's newline. */
  readonly lineEnds: Int32Array;
  /** The number in each slot that holds one written plainly; NaN in others. Without meaning where there is no value. */
  readonly numbers: Float64Array;
}

/** @param at where their memory begins, laid out as assembly/scanner.ts does; a multiple of eight */
export function newRows(
  rows: number,
  slots: number,
  memory = new ArrayBuffer(rows * (4 + slots * (8 + 4 + 4 + 1))),
  at = 0,
): LineRows {
  const all = rows * slots;
  return {
    numbers: new Float64Array(memory, at, all),
    starts: new Int32Array(memory, at + 8 * all, all),
    ends: new Int32Array(memory, at + 12 * all, all),
    lineEnds: new Int32Array(memory, at + 16 * all, rows),
    isOdd: new Uint8Array(memory, at + 16 * all + 4 * rows, all),
  };
}

/** The slots of the current line, and the scan's state. */
export interface Scan extends ValueSlots {
  starts: Int32Array;
  ends: Int32Array;
  isOdd: Uint8Array;
  /** The number of lines scanned so far. */
  line: number;
  /** Whether something odd was found since the last {@link resetOdd}. */
  passedOdd: boolean;
}

/**
 * Clears {@link Scan.passedOdd}.
 *
 * @returns whether something odd was found before
 */
export function resetOdd(scan: Scan): boolean {
  const before = scan.passedOdd;
  scan.passedOdd = false;
  return before;
}
