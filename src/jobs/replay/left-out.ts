import type { Delivered } from '../../pipeline/index.js';

/** Counts the events that were left out because a filter that chooses events failed on them. */
export class LeftOut {
  #count = 0;
  #reason = '';

  /** @returns whether any of the events was left out */
  add({ failures }: Pick<Delivered, 'failures'>): boolean {
    const before = this.#count;
    for (const { leftOut, count } of failures) if (leftOut !== undefined) this.#addFor(leftOut, count);
    return this.#count > before;
  }

  addOne(reason: string): void {
    this.#addFor(reason, 1);
  }

  #addFor(reason: string, count: number): void {
    if (this.#count === 0) this.#reason = reason;
    this.#count += count;
  }

  report(tell: (message: string) => void): void {
    if (this.#count === 0) return;
    const events = this.#count === 1 ? '1 event, which is' : `${this.#count} events, which are`;
    const become = this.#count === 1 ? 'becomes no dead letter' : 'become no dead letters';
    const first = this.#count === 1 ? '' : 'the first time: ';
    tell(`--filter failed on ${events} left out and ${become}: ${first}${this.#reason}`);
  }
}
