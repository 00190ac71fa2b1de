import type { LineGroup } from '../sinks/index.js';
import { OutputLines } from './output-lines.js';

/** Finished lines of an output that has a file per key: apart by group, and in their order in each. */
export class GroupedLines {
  readonly #groups = new Map<string, OutputLines>();

  /** Adds a line. @param text without its newline */
  add(group: string, text: string): void {
    const lines = this.#groups.get(group) ?? new OutputLines();
    this.#groups.set(group, lines);
    lines.add(text);
  }

  /** All lines, group after group, and how long each is. */
  take(): { readonly lines: Buffer; readonly groups: readonly LineGroup[] } {
    const taken = [...this.#groups].map(([group, lines]) => [group, lines.take()] as const);
    return {
      lines: Buffer.concat(taken.map(([, lines]) => lines)),
      groups: taken.map(([group, lines]) => ({ group, bytes: lines.length })),
    };
  }
}
