/** Lets a limited number of lines per kind through in each period, and counts the rest. */
export interface Flood {
  /** Whether another line is let through. */
  admits(kind: string): boolean;
  /** Starts the next period. @returns how many lines were suppressed in the last one, by kind */
  turn(): ReadonlyMap<string, number>;
}

/** @param linesMax lines per kind and period */
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
