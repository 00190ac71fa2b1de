import type { LineGroup } from '../sinks/index.js';
import { OutputLines } from './output-lines.js';

/** Finished lines of an output that has a file per key: separated by group, and in order within each group. */
export class GroupedLines {
  readonly #groups = new Map<string, OutputLines>();

  /** Adds a line. @param text without its newline */
  add(group: string, text: string): void {
    const lines = this.#groups.get(group) ?? new OutputLines();
    this.#groups.set(group, lines);
    lines.add(text);
  }

  /** Returns all lines, group after group, and the length of each group. */
  take(): { readonly lines: Buffer; readonly groups: readonly LineGroup[] } {
    const taken = [...this.#groups].map(([group, lines]) => [group, lines.take()] as const);
    return {
      lines: Buffer.concat(taken.map(([, lines]) => lines)),
      groups: taken.map(([group, lines]) => ({ group, bytes: lines.length })),
    };
  }
}
