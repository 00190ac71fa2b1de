import { existsSync, statSync } from 'node:fs';
import { packPart } from './pack-part.js';
import { packedPath } from './part-names.js';
import type { OutputParts, OutputPart } from './parts.js';

export interface PartKeeperOptions {
  readonly parts: OutputParts;
  readonly gzip: boolean;
  /** Parts whose last write is longer ago than this are removed, in milliseconds. */
  readonly retentionMs: number | undefined;
  readonly now: () => number;
  /** A part could not be packed or removed: the output itself is intact. */
  readonly onTrouble: (error: unknown) => void;
}

/** Packs parts and removes old ones in the background, one at a time. Touches only settled parts. */
export class PartKeeper {
  #work: Promise<void> = Promise.resolve();
  #settledBefore = 0;
  #isWaiting = false;
  readonly #left = new Set<string>();
  readonly #stop = new AbortController();

  constructor(private readonly options: PartKeeperOptions) {}

  /** Declares that parts with a lower number will never be written to again. */
  settle(before: number): void {
    if (before <= this.#settledBefore) return;
    this.#settledBefore = before;
    this.tend();
  }

  /** Starts the work that is due, in the background. */
  tend(): void {
    const { gzip, retentionMs } = this.options;
    if (this.#isWaiting || (!gzip && retentionMs === undefined)) return;
    this.#isWaiting = true;
    this.#work = this.#work.then(async () => {
      this.#isWaiting = false;
      await this.#round();
    });
  }

  /** Resolves once nothing is in progress. */
  async finish(): Promise<void> {
    await this.#work;
  }

  /** Stops as soon as possible; the rest is done when the output is next opened. */
  stop(): void {
    this.#stop.abort();
  }

  async #round(): Promise<void> {
    const { parts, gzip, retentionMs, now, onTrouble } = this.options;
    const { signal } = this.#stop;
    try {
      for (const part of parts.list()) {
        if (signal.aborted) return;
        if (part.number >= this.#settledBefore) continue;
        const age = now() - (statSync(part.path, { throwIfNoEntry: false })?.mtimeMs ?? now());
        if (retentionMs !== undefined && age > retentionMs) parts.remove(part);
        else if (gzip && !part.packed && this.#hasRoom(part)) await packPart(part, parts, signal);
      }
    } catch (error) {
      if (!signal.aborted) onTrouble(error);
    }
  }

  /** If somebody else's file has the packed part's name, the part stays unpacked. */
  #hasRoom({ path }: OutputPart): boolean {
    const packed = packedPath(path);
    if (!existsSync(packed)) return true;
    if (!this.#left.has(packed)) this.options.onTrouble(new Error(`${packed} is in the way and is not ours`));
    this.#left.add(packed);
    return false;
  }
}
