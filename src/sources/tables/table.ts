import { objectShape, scalarShape, type Json, type JsonObject, type Shape } from 'computo-js';
import { parseJson } from '../../json/index.js';
import type { OpenTable, TableMemory, TablePlan } from '../../config/kinds/index.js';
import { hashOf, keyText } from './row-key.js';
import { Slots } from './slots.js';

const NEWLINE = 0x0a;

/** The total size of the lines whose rows are kept parsed after a lookup. */
const CACHE_BYTES_MAX = 4 * 2 ** 20;
/** The memory that a kept row takes beside its text. */
const ROW_BYTES = 200;

/** A table in memory. Several threads may each have one over the same bytes. */
export class Table implements OpenTable {
  readonly plan: TablePlan;
  readonly sha256: string;
  // Private, so that a comparison of plans compares only the hash.
  readonly #memory: TableMemory;
  readonly #lines: Buffer;
  readonly #slots: Slots;
  readonly #cache = new Map<string, Json>();
  #cachedBytes = 0;

  constructor(plan: TablePlan, sha256: string, memory: TableMemory) {
    const { buffer, byteOffset, length } = memory.lines;
    this.plan = plan;
    this.sha256 = sha256;
    this.#memory = memory;
    this.#lines = Buffer.from(buffer, byteOffset, length);
    this.#slots = new Slots(memory.slots);
  }

  get memory(): TableMemory {
    return this.#memory;
  }

  /** The columns of a table of texts, which every row has; undefined for other tables. */
  get shape(): Shape | undefined {
    const first = this.#lines.findIndex((byte) => byte !== NEWLINE);
    if (!this.#memory.textKeys || first === -1) return undefined;
    const columns = Object.keys(this.#rowAt(first));
    return objectShape(new Map(columns.map((column) => [column, TEXT])), false);
  }

  get(key: Json): Json | undefined {
    const text = keyText(key, this.#memory.textKeys);
    const known = this.#cache.get(text);
    if (known !== undefined) return known;
    let found: Json | undefined;
    const offset = this.#slots.find(hashOf(text), (at) => {
      const row = this.#rowAt(at);
      const isIt = keyText(row[this.#memory.key] ?? null, this.#memory.textKeys) === text;
      if (isIt) found = row;
      return isIt;
    });
    if (offset === undefined || found === undefined) return undefined;
    this.#keep(text, found, this.#endOf(offset) - offset);
    return found;
  }

  #keep(text: string, row: Json, bytes: number): void {
    const kept = bytes + ROW_BYTES;
    if (kept > CACHE_BYTES_MAX) return;
    if (this.#cachedBytes + kept > CACHE_BYTES_MAX) {
      this.#cache.clear();
      this.#cachedBytes = 0;
    }
    this.#cache.set(text, row);
    this.#cachedBytes += kept;
  }

  #rowAt(offset: number): JsonObject {
    return parseJson(this.#lines.toString('utf8', offset, this.#endOf(offset))) as JsonObject;
  }

  #endOf(offset: number): number {
    return this.#lines.indexOf(NEWLINE, offset);
  }
}

const TEXT = { shape: scalarShape('string'), optional: false };
