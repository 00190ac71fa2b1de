import type { KeyObject } from 'node:crypto';
import { FrameRun } from './frame-run.js';
import {
  FILE_KEY_INFO,
  FRAME_HEADER_BYTES,
  frameBytes,
  FRAME_MAGIC,
  HEADER_BYTES,
  HEADER_MAGIC,
  isSealedFile,
  KIND,
  nameBytes,
  readFrameHeader,
  readHeader,
  type FrameHeader,
} from './frame.js';
import { missingKey, type KeyRing } from './key-ring.js';
import { openFrame } from './open-frame.js';
import { SECTION_KIND } from './section-sealer.js';

/** A frame holds no more than a line or a batch: what claims more is damaged. */
const FRAME_BYTES_LIMIT = 1 << 30;
const MAGIC_BYTES = 8;

/** A place of an encrypted output that can't be read, in words. */
export interface SectionDamage {
  /** Where in the file, in bytes. */
  readonly fileOffset: number;
  readonly message: string;
}

/** A header or a frame of an encrypted output that is well, and in its place. */
export type SectionPiece =
  | { readonly kind: 'header'; readonly number: number; readonly keyId: string }
  | {
      readonly kind: 'frame';
      readonly counter: number;
      readonly offset: number;
      readonly isEnd: boolean;
      readonly content: Buffer;
    };

interface Section {
  readonly key: KeyObject;
  readonly name: Buffer;
  counter: number;
  isEnded: boolean;
}

/** What the bytes that are held begin with. */
interface Step {
  /** How many of them are dealt with. */
  readonly used: number;
  readonly content?: Buffer;
}

/**
 * Decrypts an encrypted output, as its bytes are read from the start. What is damaged, moved or repeated is reported, and takes
 * nothing else with it. Content that is cut off the end of a file leaves no trace, unless the file was finished.
 */
export class SectionOpener {
  readonly #held = new FrameRun();
  #section: Section | 'lost' | 'repeated' | undefined;
  #lastNumber = -1;
  /** How many bytes before its place in the file the last section was found. */
  #moved = 0;
  /** Where something that is neither a section nor a frame starts. */
  #strangeAt: number | undefined;

  /**
   * @param path for messages
   * @param onDamage is told of each place that can't be read
   * @param onPiece is given each header and frame before its content is returned
   */
  constructor(
    private readonly ring: KeyRing | undefined,
    private readonly path: string,
    private readonly onDamage: (damage: SectionDamage) => void,
    private readonly onPiece: (piece: SectionPiece) => void = () => undefined,
  ) {}

  /** Whether what was read so far ends with an end frame, so that nothing was cut off behind it. */
  get isEnded(): boolean {
    return typeof this.#section === 'object' && this.#section.isEnded;
  }

  /**
   * Takes the next bytes of the file.
   *
   * @returns the content that is whole by now
   * @throws KeyError if the key of a section is missing
   */
  push(bytes: Buffer): Buffer[] {
    this.#held.add(bytes);
    return this.#advance(false);
  }

  /** Says that the file has no more bytes. @throws KeyError */
  end(): Buffer[] {
    const content = this.#advance(true);
    if (this.#strangeAt !== undefined) this.#tell(this.#strangeAt, 'what follows is not a whole encrypted frame');
    return content;
  }

  #advance(isEnd: boolean): Buffer[] {
    const content: Buffer[] = [];
    while (this.#held.length > 0) {
      const step = this.#step(isEnd);
      if (step === undefined) break;
      if (step.content !== undefined) content.push(step.content);
      this.#held.drop(step.used);
    }
    return content;
  }

  /** @returns undefined if more bytes are needed */
  #step(isEnd: boolean): Step | undefined {
    const magic = this.#held.start(MAGIC_BYTES);
    const step = FRAME_MAGIC.subarray(0, magic.length).equals(magic) ? this.#frame(isEnd) : this.#header(isEnd);
    return step === 'strange' ? this.#strange(isEnd) : step;
  }

  #header(isEnd: boolean): Step | 'strange' | undefined {
    const start = this.#held.start(HEADER_BYTES);
    if (start.length < HEADER_BYTES) return isEnd ? 'strange' : undefined;
    if (!isSealedFile(start)) return 'strange';
    const at = this.#reached();
    const { header, damaged, unknownVersion } = readHeader(start);
    for (const copy of damaged) this.#tell(at + copy, 'the header of an encrypted section is damaged');
    const step = { used: HEADER_BYTES };
    this.#section = 'lost';
    if (unknownVersion !== undefined)
      this.#tell(at, `version ${unknownVersion} of the encrypted format is not known: a newer colloquium reads it`);
    if (header === undefined) return step;
    const { number, keyId, salt } = header;
    if (number <= this.#lastNumber) {
      this.#section = 'repeated';
      this.#tell(at, `an encrypted section is repeated or out of place: it was written at byte ${number}`);
      return step;
    }
    // What follows a place where bytes are missing or were added is all moved by as many.
    const moved = number - at;
    if (moved > this.#moved) this.#tell(at, `${moved - this.#moved} bytes are missing before this place`);
    if (moved < this.#moved) this.#tell(at, `${this.#moved - moved} bytes before this place do not belong there`);
    this.#moved = moved;
    this.#lastNumber = number;
    if (this.ring?.has(keyId) !== true) throw missingKey(this.path, keyId, this.ring);
    const name = { kind: SECTION_KIND, number };
    const key = this.ring.derive(keyId, salt, FILE_KEY_INFO, this.path);
    this.onPiece({ kind: 'header', number, keyId });
    this.#section = { key, name: nameBytes(name), counter: 0, isEnded: false };
    return step;
  }

  #frame(isEnd: boolean): Step | 'strange' | undefined {
    const start = this.#held.start(FRAME_HEADER_BYTES);
    if (start.length < FRAME_HEADER_BYTES) return isEnd ? 'strange' : undefined;
    const frame = readFrameHeader(start, 0);
    if (frame === undefined || frame.bytes > FRAME_BYTES_LIMIT) return 'strange';
    const used = frameBytes(frame);
    const whole = this.#held.start(used);
    if (whole.length < used) return isEnd ? 'strange' : undefined;
    const section = this.#section;
    if (section === undefined || section === 'lost') {
      // Told once for each section whose header is lost.
      if (section === undefined) this.#tell(this.#reached(), 'the header of an encrypted section is lost');
      this.#section = 'lost';
      return { used };
    }
    if (section === 'repeated') return { used };
    const content = openFrame(section.key, section.name, whole, frame);
    return content === undefined ? 'strange' : this.#inOrder(section, frame, used, content);
  }

  /** Takes a frame that decrypts, unless it was there before. */
  #inOrder(section: Section, frame: FrameHeader, used: number, content: Buffer): Step {
    const isAfterStrange = this.#strangeAt !== undefined;
    const at = this.#reached();
    if (section.isEnded || frame.counter < section.counter) {
      this.#tell(at, `frame ${frame.counter} is repeated or out of place`);
      return { used };
    }
    if (frame.counter > section.counter && !isAfterStrange) this.#tell(at, 'a frame is lost before this place');
    section.counter = frame.counter + 1;
    section.isEnded = frame.kind === KIND.end;
    const { counter, offset } = frame;
    this.onPiece({ kind: 'frame', counter, offset, isEnd: section.isEnded, content });
    return content.length === 0 ? { used } : { used, content };
  }

  /** Goes on to where the next frame or section may start. */
  #strange(isEnd: boolean): Step | undefined {
    this.#strangeAt ??= this.#held.at;
    const all = this.#held.start(this.#held.length);
    const next = [FRAME_MAGIC, HEADER_MAGIC].map((magic) => all.indexOf(magic, 1)).filter((at) => at !== -1);
    if (next.length > 0) return { used: Math.min(...next) };
    if (isEnd) return { used: all.length };
    const used = all.length - MAGIC_BYTES + 1;
    return used > 0 ? { used } : undefined;
  }

  /** Something is well here: tells what lies before it. @returns where that is in the file */
  #reached(): number {
    const { at } = this.#held;
    const from = this.#strangeAt;
    this.#strangeAt = undefined;
    if (from !== undefined) this.#tell(from, `${at - from} encrypted bytes are damaged`);
    return at;
  }

  #tell(fileOffset: number, message: string): void {
    this.onDamage({ fileOffset, message });
  }
}
