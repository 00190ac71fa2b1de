import { frameBytes, HEADER_BYTES, KIND } from './frame.js';
import type { FileWindow } from './file-window.js';

/** Something wrong with a sealed file, in words. */
export interface SealedFinding {
  /** Where in the file, in bytes. */
  readonly fileOffset: number;
  /** Where in its content. */
  readonly offset: number;
  readonly message: string;
}

/** Bytes of content between two places that a map remembers. */
const MAP_STEP_BYTES = 64 << 10;

/** What is known of a file's frames: where they lie, and what is wrong. Grows with its file; holds no secret. */
export class FrameMap {
  /** Where some frames start. */
  readonly places: { readonly offset: number; readonly at: number }[] = [];
  /** Content that no frame has. */
  readonly lost: { readonly from: number; readonly to: number; readonly fileOffset: number }[] = [];
  readonly findings: SealedFinding[] = [];
  /** Where the next frame starts in the file, if all is well. */
  at = HEADER_BYTES;
  /** Where the content ends. */
  offset = 0;
  counter = 0;
  /** Where the end frame is in the file. */
  endAt: number | undefined;
  /** Where something that is not a frame starts; undefined: what was read so far ends with a frame. */
  strangeAt: number | undefined;

  /** Forgets everything: the file is shorter than it was. */
  #reset(): void {
    for (const list of [this.places, this.lost, this.findings]) list.length = 0;
    this.at = HEADER_BYTES;
    this.offset = 0;
    this.counter = 0;
    this.endAt = undefined;
    this.strangeAt = undefined;
  }

  /** Follows the frames' headers as far as the file goes now, and notes what is wrong with their order. */
  async walk(window: FileWindow, size: number): Promise<void> {
    if (size < this.at) this.#reset();
    let { at } = this;
    /** Where content that no frame has begins, in the file. */
    let strangeAt: number | undefined;
    let isOdd = false;
    while (at < size) {
      const frame = await window.header(at);
      const isWhole = frame !== undefined && at + frameBytes(frame) <= size;
      if (frame === undefined || !isWhole) {
        strangeAt ??= at;
        isOdd = true;
        at = await window.nextMagic(at + 1, size);
        continue;
      }
      const end = at + frameBytes(frame);
      if (this.endAt !== undefined || frame.counter < this.counter || frame.offset < this.offset) {
        const problem =
          this.endAt !== undefined
            ? 'a frame lies behind the end of the encrypted file'
            : `frame ${frame.counter} is repeated or out of place`;
        if (!this.findings.some(({ fileOffset }) => fileOffset === at))
          this.findings.push(finding(at, this.offset, problem));
        at = end;
        this.at = end;
        strangeAt = undefined;
        isOdd = true;
        continue;
      }
      if (frame.counter > this.counter || frame.offset > this.offset) {
        const fileOffset = strangeAt ?? at;
        this.lost.push({ from: this.offset, to: frame.offset, fileOffset });
        if (frame.offset === this.offset) this.findings.push(finding(fileOffset, this.offset, 'a frame is lost'));
        this.places.push({ offset: frame.offset, at });
      } else {
        if (strangeAt !== undefined)
          this.findings.push(finding(strangeAt, this.offset, `${at - strangeAt} bytes are not part of any frame`));
        const last = this.places.at(-1);
        if (last === undefined || isOdd || frame.offset >= last.offset + MAP_STEP_BYTES)
          this.places.push({ offset: frame.offset, at });
      }
      strangeAt = undefined;
      isOdd = false;
      this.at = end;
      this.offset = frame.offset + frame.bytes;
      if (frame.kind === KIND.end) this.endAt = at;
      else this.counter = frame.counter + 1;
      at = end;
    }
    this.strangeAt = strangeAt;
  }
}

export function finding(fileOffset: number, offset: number, message: string): SealedFinding {
  return { fileOffset, offset, message: `${message} (byte ${fileOffset} of the file)` };
}
