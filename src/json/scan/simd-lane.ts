import type { ShapeLink, ShapeMirror, ShapeNode, ShapeState } from './shape.js';
import { SimdScan } from './simd-scan.js';
import type { Text } from './skip.js';
import type { LineRows, Scan } from './value-slots.js';

/** For shorter texts, copying them and starting WebAssembly would take longer than scanning them. */
const BYTES_MIN = 16 << 10;
/** The copy of a longer text would fill the memory. */
const BYTES_MAX = 8 << 20;
/** If less than three lines of four of a text were understood, after this many, so many texts are left alone. */
const LINES_MIN = 1000;
const TEXTS_LEFT_ALONE = 15;

/** Scans one text. */
export interface TextScan {
  /** Scans a value at an offset, and returns the offset past it; −1 if it is not understood. */
  readonly value: (start: number) => number;
  /** Scans lines from an offset on into {@link rows}, and returns how many were understood. */
  readonly lines: (start: number) => number;
  readonly rows: LineRows;
}

/** Decides which texts WebAssembly scans, and hands it what the plain scanner learns. */
export class SimdLane implements ShapeMirror {
  #simd: SimdScan | undefined;
  #isTried = false;
  #lines = 0;
  #refused = 0;
  /** How many more texts are left alone. */
  #alone = typeof WebAssembly === 'undefined' ? Number.POSITIVE_INFINITY : 0;

  constructor(
    private readonly scan: Scan,
    private readonly levels: number,
  ) {}

  /** @returns what scans the text; undefined if nothing should */
  take(text: Text, root: ShapeNode): TextScan | undefined {
    if (this.#isTried && this.#refused * 4 > this.#lines + LINES_MIN) this.#alone = TEXTS_LEFT_ALONE;
    this.#isTried = false;
    if (text.length < BYTES_MIN || text.length > BYTES_MAX) return undefined;
    if (this.#alone > 0) {
      this.#alone -= 1;
      return undefined;
    }
    try {
      this.#simd ??= new SimdScan(root, this.scan.starts.length, this.levels);
      this.#simd.setText(text);
    } catch (error) {
      // There is no room, as where the addresses of a process are limited.
      if (!(error instanceof RangeError)) throw error;
      this.#alone = Number.POSITIVE_INFINITY;
      return undefined;
    }
    this.#isTried = true;
    this.#lines = 0;
    this.#refused = 0;
    return this.#scanner(this.#simd, text.length);
  }

  #scanner({ scan: scanValue, scanLines, starts, ends, isOdd, rows }: SimdScan, length: number): TextScan {
    const { scan } = this;
    scan.starts = starts;
    scan.ends = ends;
    scan.isOdd = isOdd;
    return {
      rows,
      value: (start) => {
        scan.line += 1;
        this.#lines += 1;
        const end = scanValue(start);
        if (end === -1) this.#refused += 1;
        return end;
      },
      lines: (start) => {
        const lines = scanLines(start, length);
        this.#lines += lines;
        if (lines === 0) {
          this.#lines += 1;
          this.#refused += 1;
        }
        return lines;
      },
    };
  }

  learn(place: ShapeNode, member: ShapeState, link: ShapeLink, text: Uint8Array): void {
    this.#simd?.learn(place, member, link, text);
  }

  learnElements(place: ShapeNode, elements: ShapeNode): void {
    this.#simd?.learnElements(place, elements);
  }
}
