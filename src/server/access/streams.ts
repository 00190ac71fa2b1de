import type { Readable } from 'node:stream';

/** Answers that go on for long: each is broken off once whoever reads it would not be let in any more. */
export class OpenStreams {
  readonly #open = new Map<Readable, () => boolean>();

  /** @param isOver asked about once a second; true: it is broken off */
  add(stream: Readable, isOver: () => boolean): void {
    this.#open.set(stream, isOver);
    stream.once('close', () => this.#open.delete(stream));
  }

  /** To be called about once a second. */
  sweep(): void {
    for (const [stream, isOver] of this.#open) if (isOver()) stream.destroy();
  }
}
