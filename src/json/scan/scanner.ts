import { NEWLINE } from './bytes.js';
import { fieldTree } from './field-tree.js';
import { scanByShape } from './scan-by-shape.js';
import { createShapes } from './shape.js';
import { SimdLane } from './simd-lane.js';
import { skipSpace, type Text } from './skip.js';
import { ElementSlots, startScan, type Scan, type ValueSlots } from './value-slots.js';

/**
 * Finds a few fields in lines of JSON without building values: it scans the bytes once, verifies that they are JSON, and records
 * where the wanted values start and end.
 *
 * The scanner is optimistic. It accepts only what it fully understands: a line that it accepts is valid JSON, and its fields are
 * where it says. A line that it rejects may be invalid or merely unusual (a wanted key twice, a key with escapes, deep nesting);
 * the full parser reads it and decides.
 */
export interface Scanner extends ValueSlots {
  /** `line` changes with each line: what was read from a line stays valid until then. */
  readonly state: Readonly<Pick<Scan, 'line'>>;
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
  const levels = Math.min(depthMax, SCAN_DEPTH_MAX);
  const scan = startScan(pointers.length);
  const elements = new ElementSlots();
  const simd = elementsOf === undefined ? new SimdLane(scan, levels) : undefined;
  const tree = fieldTree(pointers, new Map(elementsOf === undefined ? [] : [[elementsOf, elements]]));
  const shapes = createShapes(tree, simd);
  let current: Text | undefined;
  let scanFast: ((start: number) => number) | undefined;
  const scanValue = (text: Text, start: number): number => {
    if (text !== current) {
      current = text;
      scanFast = simd?.take(text, shapes.root);
    }
    const end = scanFast === undefined ? -1 : scanFast(start);
    return end === -1 ? scanByShape(text, start, shapes, scan, levels) : end;
  };
  return {
    get starts() {
      return scan.starts;
    },
    get ends() {
      return scan.ends;
    },
    get isOdd() {
      return scan.isOdd;
    },
    elements,
    state: scan,
    scanValue,
    scan(text, start) {
      const end = scanValue(text, start);
      const { bytes } = text;
      if (end < 0 || bytes[end] === NEWLINE) return end;
      const rest = skipSpace(bytes, end, scan);
      return bytes[rest] === NEWLINE ? rest : -1;
    },
  };
}
