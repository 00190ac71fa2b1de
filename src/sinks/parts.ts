import { readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isUnfinished, packPart, unfinishedPath } from './pack-part.js';
import { packedPath, type PartNames } from './part-names.js';

/** A finished file of an output. */
export interface Part {
  readonly number: number;
  readonly path: string;
  readonly packed: boolean;
}

/**
 * The parts of an output that are there, in order. A part that is there twice, packed and not, is packed: its plain form is
 * removed, as it was about to be.
 */
export function listParts(names: PartNames): readonly Part[] {
  const byNumber = new Map<number, Part>();
  for (const file of readdirSync(names.folder).sort()) {
    const parsed = names.parse(file);
    if (parsed === undefined) continue;
    const path = join(names.folder, file);
    const other = byNumber.get(parsed.number);
    if (other !== undefined && parsed.packed && packedPath(other.path) === path) rmSync(other.path);
    byNumber.set(parsed.number, { ...parsed, path });
  }
  return [...byNumber.values()].sort((a, b) => a.number - b.number);
}

/** Removes what a crash left of packing this output's parts. */
export function removeUnfinished(names: PartNames): void {
  for (const file of readdirSync(names.folder)) {
    if (!isUnfinished(file)) continue;
    const part = file.slice(1, -'.gz.unfinished'.length);
    if (names.parse(part) !== undefined) rmSync(unfinishedPath(join(names.folder, part)), { force: true });
  }
}

/** Brings the part that was set aside last back as the file that is written. */
export function bringBack(part: Part, path: string): void {
  renameSync(part.path, path);
}

export interface PartKeeperOptions {
  readonly names: PartNames;
  readonly gzip: boolean;
  /** Parts that were last written to longer ago are removed, in milliseconds. */
  readonly retentionMs: number | undefined;
  readonly now: () => number;
  /** A part that could not be packed or removed: the output itself is whole. */
  readonly onTrouble: (error: unknown) => void;
}

/** Packs parts and removes old ones, one at a time, beside the writing. Only parts that are settled are touched. */
export class PartKeeper {
  #work: Promise<void> = Promise.resolve();
  #settledBefore = 0;
  #isWaiting = false;
  readonly #stop = new AbortController();

  constructor(private readonly options: PartKeeperOptions) {}

  /** Parts with a lower number will never be written to again. */
  settle(before: number): void {
    if (before <= this.#settledBefore) return;
    this.#settledBefore = before;
    this.tend();
  }

  /** Does in the background what is due by now. */
  tend(): void {
    const { gzip, retentionMs } = this.options;
    if (this.#isWaiting || (!gzip && retentionMs === undefined)) return;
    this.#isWaiting = true;
    this.#work = this.#work.then(async () => {
      this.#isWaiting = false;
      await this.#round();
    });
  }

  /** Resolves when nothing is being worked on. */
  async finish(): Promise<void> {
    await this.#work;
  }

  /** Stops as soon as can be; what is left is done by whoever opens the output next. */
  stop(): void {
    this.#stop.abort();
  }

  async #round(): Promise<void> {
    const { names, gzip, retentionMs, now, onTrouble } = this.options;
    const { signal } = this.#stop;
    try {
      for (const part of listParts(names)) {
        if (signal.aborted) return;
        if (part.number >= this.#settledBefore) continue;
        const age = now() - (statSync(part.path, { throwIfNoEntry: false })?.mtimeMs ?? now());
        if (retentionMs !== undefined && age > retentionMs) await rm(part.path, { force: true });
        else if (gzip && !part.packed) await packPart(part.path, signal);
      }
    } catch (error) {
      if (!signal.aborted) onTrouble(error);
    }
  }
}
