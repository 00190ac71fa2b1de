/** Callers that are remembered though they hold nothing. */
const IDLE_CALLERS_MAX = 1000;

/**
 * A limited resource, shared by all callers. Nobody gets more of it than is left for the others, so that no caller can
 * take all.
 */
export class Shares {
  readonly #held = new Map<string, number>();
  #total = 0;

  /** @param most how much there is; may change */
  constructor(private readonly most: () => number) {}

  /** Takes an amount unless too little would be left. @returns whether it was taken */
  take(caller: string, amount: number): boolean {
    const own = (this.#held.get(caller) ?? 0) + amount;
    if (own > this.most() - this.#total - amount) return false;
    this.#set(caller, own);
    this.#total += amount;
    return true;
  }

  give(caller: string, amount: number): void {
    this.#set(caller, (this.#held.get(caller) ?? 0) - amount);
    this.#total -= amount;
  }

  /**
   * A caller that holds nothing is forgotten once there are many. A map that becomes empty again and again makes a table each time,
   * and each table keeps the next one alive.
   */
  #set(caller: string, amount: number): void {
    if (amount > 0 || this.#held.size <= IDLE_CALLERS_MAX) this.#held.set(caller, amount);
    else this.#held.delete(caller);
  }
}
