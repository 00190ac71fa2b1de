/** What a scan brings back from a line: where the wanted values stand, and how they are written. */
export interface ValueSlots {
  /** For each slot where its value starts; −1 when it is not there. */
  readonly starts: Int32Array;
  /** One past its last byte. */
  readonly ends: Int32Array;
  /** 1 when the value may not be written the way we would print it: white space, escapes, unusual numbers, repeated keys. */
  readonly isOdd: Uint8Array;
}

/** The sightings of the line under way, and what their making needs. */
export interface Scan extends ValueSlots {
  /** Lines so far. */
  line: number;
  /** Whether something odd was passed since the last {@link resetOdd}. */
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

/** @returns whether something odd was passed before */
export function resetOdd(scan: Scan): boolean {
  const before = scan.passedOdd;
  scan.passedOdd = false;
  return before;
}
