import { NEWLINE } from './bytes.js';
import { fieldTree } from './field-tree.js';
import { scanByShape } from './scan-by-shape.js';
import { createShapes, type Shapes } from './shape.js';
import { SimdLane, type TextScan } from './simd-lane.js';
import { skipSpace, type Text } from './skip.js';
import { ElementSlots, newRows, type LineRows, type Scan, type ValueSlots } from './value-slots.js';

/**
 * Finds a few fields in lines of JSON without building values: it scans the bytes once, verifies that they are JSON, and records
 * where the wanted values start and end.
 *
 * The scanner is optimistic. It accepts only what it fully understands: a line that it accepts is valid JSON, and its fields are
 * where it says. A line that it rejects may be invalid or merely unusual (a wanted key twice, a key with escapes, deep nesting);
 * the full parser reads it and decides.
 */
export interface Scanner extends ValueSlots {
  /** Changes with each line: what was read from a line stays valid until then. */
  readonly line: number;
  /**
   * @param text valid UTF-8, its last byte a newline
   * @param start where the line starts
   * @returns where the line ends (the position of its newline); −1 if it is rejected
   */
  scan(text: Text, start: number): number;
  /** The array elements found in the line scanned last. Valid only if the slot whose elements are wanted holds an array. */
  readonly elements: ElementSlots;
  /**
   * Scans a value that does not fill its line.
   *
   * @returns one past the value's end; −1 if it is rejected
   */
  scanValue(text: Text, start: number): number;
  /**
   * Scans one or more whole lines into {@link rows}.
   *
   * @returns how many; 0 if the first one is rejected
   */
  scanLines(text: Text, start: number): number;
  /** Valid until the next call of any other method. */
  readonly rows: LineRows;
}

/** Deeper data is left to the full parser, which does not use the call stack. */
const SCAN_DEPTH_MAX = 100;

/**
 * @param pointers the wanted fields, as lists of decoded segments, all different; `[]` is the whole line
 * @param depthMax how many levels of nesting data may have
 * @param elementsOf the slot whose elements are wanted if it holds an array
 */
export function createScanner(
  pointers: readonly (readonly string[])[],
  depthMax: number,
  elementsOf?: number,
): Scanner {
  return new ScannerOfFields(pointers, Math.min(depthMax, SCAN_DEPTH_MAX), elementsOf);
}

// A class, because V8 reads an object made by a literal with getters slowly once there is a second one.
class ScannerOfFields implements Scanner, Scan {
  starts: Int32Array;
  ends: Int32Array;
  isOdd: Uint8Array;
  line = 0;
  passedOdd = false;
  readonly elements = new ElementSlots();
  readonly #levels: number;
  readonly #simd: SimdLane | undefined;
  readonly #shapes: Shapes;
  #text: Text | undefined;
  #fast: TextScan | undefined;
  /** For a line that is scanned by itself. */
  readonly #row: LineRows;
  rows: LineRows;

  constructor(pointers: readonly (readonly string[])[], levels: number, elementsOf: number | undefined) {
    this.starts = new Int32Array(pointers.length);
    this.ends = new Int32Array(pointers.length);
    this.isOdd = new Uint8Array(pointers.length);
    this.#row = newRows(1, pointers.length);
    this.rows = this.#row;
    this.#levels = levels;
    this.#simd = elementsOf === undefined ? new SimdLane(this, levels) : undefined;
    const elements = new Map(elementsOf === undefined ? [] : [[elementsOf, this.elements]]);
    this.#shapes = createShapes(fieldTree(pointers, elements), this.#simd);
  }

  scan(text: Text, start: number): number {
    return this.#lineEnd(text, this.scanValue(text, start));
  }

  scanValue(text: Text, start: number): number {
    this.#take(text);
    const end = this.#fast === undefined ? -1 : this.#fast.value(start);
    return end === -1 ? scanByShape(text, start, this.#shapes, this, this.#levels) : end;
  }

  scanLines(text: Text, start: number): number {
    this.#take(text);
    const lines = this.#fast === undefined ? 0 : this.#fast.lines(start);
    if (this.#fast !== undefined && lines > 0) {
      this.rows = this.#fast.rows;
      return lines;
    }
    const end = this.#lineEnd(text, scanByShape(text, start, this.#shapes, this, this.#levels));
    if (end < 0) return 0;
    this.rows = this.#row;
    const { starts, ends, isOdd, numbers, lineEnds } = this.rows;
    starts.set(this.starts);
    ends.set(this.ends);
    isOdd.set(this.isOdd);
    numbers.fill(Number.NaN);
    lineEnds[0] = end;
    return 1;
  }

  #take(text: Text): void {
    if (text === this.#text) return;
    this.#text = text;
    this.#fast = this.#simd?.take(text, this.#shapes.root);
  }

  /** Where the line ends whose value ends here; −1 if something else follows in it. */
  #lineEnd({ bytes }: Text, end: number): number {
    if (end < 0 || bytes[end] === NEWLINE) return end;
    const rest = skipSpace(bytes, end, this);
    return bytes[rest] === NEWLINE ? rest : -1;
  }
}
