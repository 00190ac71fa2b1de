/** Lets so many lines of a kind through in each span of time, and counts the rest. */
export interface Flood {
  /** Whether one more is let through. */
  admits(kind: string): boolean;
  /** Begins the next span. @returns what was kept back in the last one, by kind */
  turn(): ReadonlyMap<string, number>;
}

/** @param linesMax of a kind in a span */
export function createFlood(linesMax: number): Flood {
  let counts = new Map<string, number>();
  return {
    admits(kind) {
      const count = (counts.get(kind) ?? 0) + 1;
      counts.set(kind, count);
      return count <= linesMax;
    },
    turn() {
      const over = [...counts].flatMap(([kind, count]) =>
        count > linesMax ? [[kind, count - linesMax] as const] : [],
      );
      counts = new Map();
      return new Map(over);
    },
  };
}
