import { MARK_DIGITS } from './letter.js';

/** A multiset of marks: each occurs as often as there were letters with it. */
export class Marks {
  readonly #counts = new Map<string, number>();

  constructor(marks: Iterable<string> = []) {
    for (const mark of marks) this.add(mark);
  }

  get isEmpty(): boolean {
    return this.#counts.size === 0;
  }

  add(mark: string): void {
    this.#counts.set(mark, (this.#counts.get(mark) ?? 0) + 1);
  }

  /** Removes one occurrence; false if there is none. */
  take(mark: string): boolean {
    const count = this.#counts.get(mark);
    if (count === undefined) return false;
    if (count === 1) this.#counts.delete(mark);
    else this.#counts.set(mark, count - 1);
    return true;
  }

  *[Symbol.iterator](): Generator<string, void, void> {
    for (const [mark, count] of this.#counts) for (let i = 0; i < count; i++) yield mark;
  }
}

/** Joins marks into one text for a record. */
export function packMarks(marks: readonly string[]): string {
  return Buffer.from(marks.join(''), 'hex').toString('base64');
}

export function unpackMarks(text: string): string[] {
  const digits = Buffer.from(text, 'base64').toString('hex');
  return Array.from({ length: Math.floor(digits.length / MARK_DIGITS) }, (_, index) =>
    digits.slice(index * MARK_DIGITS, (index + 1) * MARK_DIGITS),
  );
}
