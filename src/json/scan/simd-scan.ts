import base64 from './assembly/scanner.wasm';
import { literalBytes } from './byte-literal.js';
import type { ShapeLink, ShapeNode, ShapeState } from './shape.js';
import type { Text } from './skip.js';
import { newRows, type LineRows } from './value-slots.js';

const PAGE_BYTES = 64 << 10;
const SLOTS_AT = 16;
/** Of a slot: its start, its end, and whether it is odd. */
const SLOT_BYTES = 4 + 4 + 1;
/** Of a slot in a row: the number, too. */
const ROW_SLOT_BYTES = 8 + SLOT_BYTES;
/** Lines scanned at once: few enough that their rows stay in the processor's cache. */
const ROWS = 64;
/** Enough for the shapes of almost all data. Lines of shapes that find no room are left to the plain scanner. */
const SHAPES_BYTES = 256 << 10;
/** Reads go 16 bytes at a time, and may begin at the text's last byte. */
const BEHIND_TEXT = 32;

/** As ./assembly/scanner.ts reads them: a place has four words, a link five, the state behind it, and its text. */
const PLACE_BYTES = 16;
const LINK_THEN_AT = 20;
const LINK_TEXT_AT = 32;
const NOTHING_WANTED = -2;

interface Exports {
  readonly prepare: (
    slotCount: number,
    rowsStart: number,
    rowCount: number,
    rootPlace: number,
    textStart: number,
    levels: number,
  ) => void;
  readonly scan: (start: number) => number;
  readonly scanLines: (start: number, length: number) => number;
}

/**
 * The scanner in WebAssembly. It has a memory of its own, with a copy of the text and of the known shapes. It only accepts lines of
 * known shapes; whoever scans the others tells it what they look like.
 */
export class SimdScan {
  /** The slots of the line that was scanned last. {@link setText} may put others in their place. */
  starts = new Int32Array(0);
  ends = new Int32Array(0);
  isOdd = new Uint8Array(0);
  /** The lines that were scanned last by {@link scanLines}. Valid as long. */
  rows: LineRows = newRows(0, 0);
  /**
   * Scans lines and fills their rows.
   *
   * @param start an offset in the text
   * @param length of the text
   * @returns how many lines were understood
   */
  readonly scanLines: (start: number, length: number) => number;
  /**
   * @param start an offset in the text
   * @returns the offset past the value that starts there; −1 if it is not understood
   */
  readonly scan: (start: number) => number;
  readonly #memory: WebAssembly.Memory;
  /** Where places and states are, by the objects that they mirror. */
  readonly #addresses = new Map<ShapeNode | ShapeState, number>();
  readonly #textAt: number;
  readonly #slots: number;
  readonly #rowsAt: number;
  #words = new Int32Array(0);
  #bytes = new Uint8Array(0);
  #free: number;

  /**
   * @param levels how many levels of nesting data may have
   * @throws RangeError if there is no room for its memory
   */
  constructor(root: ShapeNode, slots: number, levels: number) {
    this.#rowsAt = aligned(SLOTS_AT + slots * SLOT_BYTES);
    const shapesAt = aligned(this.#rowsAt + ROWS * (4 + slots * ROW_SLOT_BYTES));
    this.#slots = slots;
    this.#free = shapesAt;
    this.#textAt = shapesAt + SHAPES_BYTES;
    this.#memory = new WebAssembly.Memory({ initial: pages(this.#textAt) });
    compiled ??= new WebAssembly.Module(Buffer.from(base64, 'base64'));
    const instance = new WebAssembly.Instance(compiled, { env: { memory: this.#memory } });
    const exports = instance.exports as unknown as Exports;
    this.scan = exports.scan;
    this.scanLines = exports.scanLines;
    this.#view();
    exports.prepare(slots, this.#rowsAt, ROWS, this.#placeAt(root) ?? 0, this.#textAt, levels);
    this.#learnAll(root);
  }

  /** Copies the text that lines are scanned in. @throws RangeError if there is no room for it */
  setText({ bytes, length }: Text): void {
    const missing = this.#textAt + length + BEHIND_TEXT - this.#memory.buffer.byteLength;
    if (missing > 0) {
      this.#memory.grow(pages(missing));
      this.#view();
    }
    this.#bytes.set(bytes, this.#textAt);
  }

  /** Learns a link that follows a state of a place's objects. */
  learn(
    place: ShapeNode,
    member: ShapeState,
    { length, isOdd, place: inner, then }: ShapeLink,
    text: Uint8Array,
  ): void {
    const state = this.#addresses.get(member) ?? (place.start === member ? this.#placeAt(place) : undefined);
    const innerAt = inner === undefined ? 0 : this.#placeAt(inner);
    if (state === undefined || innerAt === undefined) return;
    const link = this.#allocate(LINK_TEXT_AT + length);
    if (link === undefined) return;
    const mask = length < 16 ? (1 << length) - 1 : 0xffff;
    this.#words.set([this.#words[state / 4] ?? 0, length, mask, innerAt, isOdd ? 1 : 0, 0], link / 4);
    this.#bytes.set(text, link + LINK_TEXT_AT);
    this.#words[state / 4] = link;
    this.#addresses.set(then, link + LINK_THEN_AT);
  }

  /** Learns that the arrays at a place have elements. */
  learnElements(place: ShapeNode, elements: ShapeNode): void {
    const at = this.#placeAt(place);
    const elementsAt = this.#placeAt(elements);
    if (at !== undefined && elementsAt !== undefined) this.#words[at / 4 + 3] = elementsAt;
  }

  /** Learns what is known already at a place and below. */
  #learnAll(root: ShapeNode): void {
    const places = new Set([root]);
    const todo: [ShapeNode, ShapeState][] = [[root, root.start]];
    const reach = (place: ShapeNode): void => {
      if (!places.has(place)) todo.push([place, place.start]);
      places.add(place);
    };
    for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
      const [place, state] = next;
      for (const link of linksOf(state)) {
        this.learn(place, state, link, literalBytes(link));
        todo.push([place, link.then]);
        if (link.place !== undefined) reach(link.place);
      }
      if (place.elements === undefined || state !== place.start) continue;
      this.learnElements(place, place.elements);
      reach(place.elements);
    }
  }

  #placeAt(place: ShapeNode): number | undefined {
    const known = this.#addresses.get(place);
    if (known !== undefined) return known;
    const at = this.#allocate(PLACE_BYTES);
    if (at === undefined) return undefined;
    const { wanted } = place;
    this.#words.set(
      [0, wanted?.slot ?? NOTHING_WANTED, wanted !== undefined && wanted.keys.length > 0 ? 1 : 0, 0],
      at / 4,
    );
    this.#addresses.set(place, at);
    // A place is the state before the first member of its objects, too.
    this.#addresses.set(place.start, at);
    return at;
  }

  #allocate(bytes: number): number | undefined {
    const at = this.#free;
    const end = aligned(at + bytes);
    if (end > this.#textAt) return undefined;
    this.#free = end;
    return at;
  }

  #view(): void {
    const { buffer } = this.#memory;
    this.#words = new Int32Array(buffer);
    this.#bytes = new Uint8Array(buffer);
    this.starts = new Int32Array(buffer, SLOTS_AT, this.#slots);
    this.ends = new Int32Array(buffer, SLOTS_AT + 4 * this.#slots, this.#slots);
    this.isOdd = new Uint8Array(buffer, SLOTS_AT + 8 * this.#slots, this.#slots);
    this.rows = newRows(ROWS, this.#slots, buffer, this.#rowsAt);
  }
}

/** The links behind a state, in the order in which they were learned. */
function linksOf(state: ShapeState): ShapeLink[] {
  const links: ShapeLink[] = [];
  for (let link = state.next; link !== undefined; link = link.other) links.unshift(link);
  return links;
}

let compiled: WebAssembly.Module | undefined;

function pages(bytes: number): number {
  return Math.ceil(bytes / PAGE_BYTES);
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / 16) * 16;
}
