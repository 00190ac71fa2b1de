/** The result of scanning a line: where the wanted values are, and how they are written. */
export interface ValueSlots {
  /** Where the value of each slot starts; −1 when it is missing. */
  readonly starts: Int32Array;
  /** One past its last byte. */
  readonly ends: Int32Array;
  /** 1 when the value may not be written as we would print it: white space, escapes, unusual numbers, repeated keys. */
  readonly isOdd: Uint8Array;
}

/** The slots of the current line, and the scan's state. */
export interface Scan extends ValueSlots {
  /** Lines so far. */
  line: number;
  /** Whether something odd was found since the last {@link resetOdd}. */
  passedOdd: boolean;
}

export function startScan(slots: number): Scan {
  return {
    starts: new Int32Array(slots),
    ends: new Int32Array(slots),
    isOdd: new Uint8Array(slots),
    line: 0,
    passedOdd: false,
  };
}

/** @returns whether something odd was found before */
export function resetOdd(scan: Scan): boolean {
  const before = scan.passedOdd;
  scan.passedOdd = false;
  return before;
}
