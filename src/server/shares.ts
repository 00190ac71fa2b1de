/** Callers that are remembered even though they hold nothing. */
const IDLE_CALLERS_MAX = 1000;

/** A limited resource that all callers share. Nobody gets more of it than remains for the others, so that no caller can take all of it. */
export class Shares {
  readonly #held = new Map<string, number>();
  #total = 0;

  /** @param most how much there is in total; may change */
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
   * A caller that holds nothing is forgotten once there are many callers. Emptying the map each time would allocate a new table
   * each time, and each table keeps the next one alive.
   */
  #set(caller: string, amount: number): void {
    if (amount > 0 || this.#held.size <= IDLE_CALLERS_MAX) this.#held.set(caller, amount);
    else this.#held.delete(caller);
  }
}
