import type { Delivered } from '../../pipeline/index.js';

/** Counts the events that were left out because a filter that chooses events failed on them. */
export class LeftOut {
  #count = 0;
  #reason = '';

  /** @returns whether any of the events was left out */
  add({ failures }: Pick<Delivered, 'failures'>): boolean {
    const before = this.#count;
    for (const { leftOut, count } of failures) {
      if (leftOut === undefined) continue;
      if (this.#count === 0) this.#reason = leftOut;
      this.#count += count;
    }
    return this.#count > before;
  }

  report(tell: (message: string) => void): void {
    if (this.#count === 0) return;
    const events = this.#count === 1 ? '1 event, which is' : `${this.#count} events, which are`;
    const first = this.#count === 1 ? '' : 'the first time: ';
    tell(`--filter failed on ${events} left out, and no dead letter: ${first}${this.#reason}`);
  }
}
