import type { LineGroup } from '../sinks/index.js';

/** Finished lines of an output that has a file per key: apart by group, and in their order in each. */
export class GroupedLines {
  readonly #texts = new Map<string, string>();

  /** Adds a line. @param text without its newline */
  add(group: string, text: string): void {
    this.#texts.set(group, `${this.#texts.get(group) ?? ''}${text}\n`);
  }

  /** All lines, group after group, and how long each is. */
  take(): { readonly lines: Buffer; readonly groups: readonly LineGroup[] } {
    const groups = [...this.#texts].map(([group, text]) => ({ group, bytes: Buffer.byteLength(text) }));
    return { lines: Buffer.from([...this.#texts.values()].join('')), groups };
  }
}
