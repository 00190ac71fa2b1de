import { FileSealer } from './file-sealer.js';
import type { KeyRing } from './key-ring.js';
import { SectionOpener, type SectionPiece } from './section-opener.js';
import { SECTION_KIND } from './section-sealer.js';

/** Encrypts an encrypted output anew, as its bytes are read. Each header and each frame keeps its place and its length. */
export class SectionRekeyer {
  readonly #opener: SectionOpener;
  readonly #ring: KeyRing;
  #sealer: FileSealer | undefined;
  #made: Buffer[] = [];

  /**
   * @param path for messages
   * @param onDamage is told of each place that can't be read: then the file can't be encrypted anew
   */
  constructor(ring: KeyRing, path: string, onDamage: ConstructorParameters<typeof SectionOpener>[2]) {
    this.#ring = ring;
    this.#opener = new SectionOpener(ring, path, onDamage, (piece) => this.#make(piece));
  }

  /** @param bytes the next ones; undefined: there are no more @returns what takes their place @throws KeyError */
  push(bytes: Buffer | undefined): Buffer {
    if (bytes === undefined) this.#opener.end();
    else this.#opener.push(bytes);
    const made = Buffer.concat(this.#made);
    this.#made = [];
    return made;
  }

  #make(piece: SectionPiece): void {
    if (piece.kind === 'header') {
      this.#sealer = new FileSealer(this.#ring, { kind: SECTION_KIND, number: piece.number });
      this.#made.push(this.#sealer.header);
      return;
    }
    const { counter, offset, isEnd, content } = piece;
    if (isEnd) this.#made.push(this.#sealer?.end({ counter, offset }) ?? content);
    // The next frame takes the memory of this one.
    else this.#made.push(Buffer.from(this.#sealer?.seal(content, { counter, offset }).bytes ?? content));
  }
}
