import type { SavedEntry, StateChanges } from './state-table.js';

/** The state of stages that run elsewhere, as of the last finished events, for the worker that runs them next. */
export class StateMirror {
  readonly #tables = new Map<string, Map<string, SavedEntry[1]>>();

  apply(changes: StateChanges): void {
    for (const [name, entries] of changes) {
      const table = this.#tables.get(name) ?? new Map<string, SavedEntry[1]>();
      this.#tables.set(name, table);
      for (const [key, entry] of entries) {
        if (entry === null) table.delete(key);
        else table.set(key, entry);
      }
    }
  }

  all(): StateChanges {
    return [...this.#tables].map(([name, table]) => [name, [...table]]);
  }
}
