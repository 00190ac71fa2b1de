/*
 * An encrypted output is a file of sections. Each is a sealed file (see `frame.ts`) of the kind `output`, whose number is the place in
 * the file where it starts. A section is begun whenever the file is opened, and after a write that failed: so no counter is ever
 * used twice, although an output is truncated to its checkpoints and continued there. It has an end frame if the file was finished.
 * The files of requests and results of a batch have the same form.
 */
import { FileSealer, type FramePlace } from './file-sealer.js';
import { FRAME_HEADER_BYTES, HEADER_BYTES, TAG_BYTES } from './frame.js';
import type { KeyRing } from './key-ring.js';

export const SECTION_KIND = 'output';

const START: FramePlace = { counter: 0, offset: 0 };
const NOTHING = Buffer.alloc(0);

/** Bytes that a file holds besides its content, if all of it is one frame. */
export const SECTION_OVERHEAD_BYTES = HEADER_BYTES + FRAME_HEADER_BYTES + TAG_BYTES;
export const FRAME_OVERHEAD_BYTES = FRAME_HEADER_BYTES + TAG_BYTES;

/** Makes the bytes of an encrypted output, as they are appended to its file. */
export class SectionSealer {
  #open: { readonly sealer: FileSealer; next: FramePlace } | undefined;

  constructor(private readonly ring: KeyRing) {}

  get isOpen(): boolean {
    return this.#open !== undefined;
  }

  /**
   * Encrypts whole lines. If they could not be written, {@link leave} must follow.
   *
   * @param at where they go in the file
   * @returns bytes that are valid until the next call
   */
  seal(lines: Uint8Array, at: number): Buffer {
    if (lines.length === 0) return NOTHING;
    const open = this.#open ?? { sealer: new FileSealer(this.ring, { kind: SECTION_KIND, number: at }), next: START };
    const { bytes, next } = open.sealer.seal(lines, open.next);
    const isNew = open.next === START;
    open.next = next;
    this.#open = open;
    return isNew ? Buffer.concat([open.sealer.header, bytes]) : bytes;
  }

  /** Ends the section, if one is open. */
  end(): Buffer {
    const frame = this.#open === undefined ? NOTHING : this.#open.sealer.end(this.#open.next);
    this.#open = undefined;
    return frame;
  }

  /** Leaves the section as it is: the next lines begin another. */
  leave(): void {
    this.#open = undefined;
  }
}
