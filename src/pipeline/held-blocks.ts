import type { BlockContent } from './lines/event-lines.js';

/** The maximum size of the events held at a time; one more event may exceed it. */
const HELD_BYTES_MAX = 64 << 20;

/** The blocks that an executor holds at a time: many small ones or few large ones. */
export class HeldBlocks {
  #bytes = 0;

  /** @param window the maximum number of small blocks, 1 or more */
  constructor(private readonly window: number) {}

  /** How many blocks may be held now, in addition to one that is read ahead. */
  get width(): number {
    return this.#bytes < HELD_BYTES_MAX ? this.window : 0;
  }

  /** Holds a block until its work is done. */
  async until<T>(block: BlockContent, work: Promise<T>): Promise<T> {
    const bytes = block.kind === 'lines' ? block.bytes.length : block.head.length;
    this.#bytes += bytes;
    try {
      return await work;
    } finally {
      this.#bytes -= bytes;
    }
  }
}
