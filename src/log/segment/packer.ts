import type { SegmentName } from '../format/segment-name.js';
import type { LogWorld } from '../log-world.js';
import { packSegment, type PackedSegment } from './pack.js';

export interface PackerHooks {
  readonly onPacked?: ((name: SegmentName, sizes: PackedSegment) => void) | undefined;
  /** Called when a segment can't be packed and stays as it is. */
  readonly onFailed?: ((name: SegmentName, error: unknown) => void) | undefined;
}

/** Packs finished segments in the background, one at a time. */
export class Packer {
  readonly #world: LogWorld;
  readonly #folder: string;
  readonly #hooks: PackerHooks;
  readonly #stop = new AbortController();
  #work: Promise<void> = Promise.resolve();

  constructor(world: LogWorld, folder: string, hooks: PackerHooks) {
    this.#world = world;
    this.#folder = folder;
    this.#hooks = hooks;
  }

  add(name: SegmentName): void {
    this.#work = this.#work.then(async () => {
      if (this.#stop.signal.aborted) return;
      try {
        const sizes = await packSegment(this.#world.disk, this.#folder, name, this.#stop.signal);
        if (sizes !== undefined) this.#hooks.onPacked?.(name, sizes);
      } catch (error) {
        this.#hooks.onFailed?.(name, error);
      }
    });
  }

  /** Resolves when everything added so far is packed. */
  idle(): Promise<void> {
    return this.#work;
  }

  /** Stops packing; the rest stays unpacked. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#work;
  }
}
