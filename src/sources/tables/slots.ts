/** Numbers per slot: the hash of a key, and 1 + the offset of its row's line. */
const SLOT = 2;
const SLOTS_MIN = 8;

/** Finds rows by the hashes of their keys: a hash table in one piece of memory that is never full. */
export class Slots {
  #slots: Uint32Array;
  #used = 0;

  /** @param slots those of a complete table; omitted: an empty table */
  constructor(slots: Uint32Array = new Uint32Array(SLOT * SLOTS_MIN)) {
    this.#slots = slots;
  }

  get memory(): Uint32Array {
    return this.#slots;
  }

  /**
   * @param isRow whether the line at an offset is the wanted row: the keys of other rows may have the same hash
   * @returns the offset of the row's line
   */
  find(hash: number, isRow: (offset: number) => boolean): number | undefined {
    const slots = this.#slots;
    for (let at = this.#first(hash); ; at = this.#next(at)) {
      const place = slots[at + 1] ?? 0;
      if (place === 0) return undefined;
      if (slots[at] === hash && isRow(place - 1)) return place - 1;
    }
  }

  add(hash: number, offset: number): void {
    // Keeps at most half of the slots in use, so that searches stay short.
    if (2 * (this.#used + 1) * SLOT > this.#slots.length) this.#grow();
    this.#put(hash, offset + 1);
    this.#used += 1;
  }

  #put(hash: number, place: number): void {
    let at = this.#first(hash);
    while (this.#slots[at + 1] !== 0) at = this.#next(at);
    this.#slots[at] = hash;
    this.#slots[at + 1] = place;
  }

  #grow(): void {
    const before = this.#slots;
    this.#slots = new Uint32Array(2 * before.length);
    for (let at = 0; at < before.length; at += SLOT) {
      const place = before[at + 1] ?? 0;
      if (place !== 0) this.#put(before[at] ?? 0, place);
    }
  }

  /** Relies on the number of slots being a power of two. */
  #first(hash: number): number {
    return (hash & (this.#slots.length / SLOT - 1)) * SLOT;
  }

  #next(at: number): number {
    return at + SLOT === this.#slots.length ? 0 : at + SLOT;
  }
}
