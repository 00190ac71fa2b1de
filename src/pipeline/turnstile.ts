/** Lets events through one at a time, in the order in which they took their tickets. */
export interface Turnstile {
  /** Takes the next place in the queue. Every holder must leave, or all later ones wait forever. */
  readonly ticket: () => Ticket;
}

export interface Ticket {
  /** Resolves when everybody before has left. */
  readonly turn: Promise<void>;
  /** May be called at any time, and more than once. */
  readonly leave: () => void;
}

export function turnstile(): Turnstile {
  let last = Promise.resolve();
  return {
    ticket() {
      const turn = last;
      let leave = (): void => undefined;
      const left = new Promise<void>((resolve) => (leave = resolve));
      last = turn.then(() => left);
      return { turn, leave };
    },
  };
}
