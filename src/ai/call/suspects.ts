/** The most rows that are remembered; a few would be enough to know that there are several. */
const ROWS_MAX = 1000;

/**
 * The rows that a provider has failed, or refused, since its last answer. A single row may itself be the cause; several in a row
 * mean that it is the provider.
 */
export interface Suspects {
  add(row: string): void;
  /** The provider has answered. */
  clear(): void;
  readonly count: number;
}

export function createSuspects(): Suspects {
  const rows = new Set<string>();
  return {
    add(row) {
      if (rows.size < ROWS_MAX) rows.add(row);
    },
    clear: () => rows.clear(),
    get count() {
      return rows.size;
    },
  };
}
