import type { KeyObject } from 'node:crypto';
import { FileWindow, type FileBytes } from './file-window.js';
import { finding, FrameMap, type SealedFinding } from './frame-map.js';
import {
  FILE_KEY_INFO,
  FRAME_HEADER_BYTES,
  frameBytes,
  HEADER_BYTES,
  KIND,
  nameBytes,
  readFrameHeader,
  readHeader,
  TAG_BYTES,
  type FileHeader,
  type FrameHeader,
  type SealedFileName,
} from './frame.js';
import { missingKey, type KeyRing } from './key-ring.js';
import { openFrame } from './open-frame.js';

/** Reports content that can't be read. */
export class UnreadableRange extends Error {
  override readonly name = 'UnreadableRange';

  constructor(
    reason: string,
    /** Where readable content continues; undefined if none follows. */
    readonly nextOffset: number | undefined,
  ) {
    super(reason);
  }
}

/** A frame, and where it is in the file. */
interface PlacedFrame extends FrameHeader {
  readonly at: number;
}

/**
 * Reads a sealed file's content. Checks each frame when it is read: what can't be decrypted is reported as an {@link UnreadableRange}
 * and takes nothing else with it.
 */
export class SealedReader {
  /** The frame that was decrypted last. */
  #frame: { readonly offset: number; readonly bytes: Buffer } | undefined;
  /** Where the frame behind the last one starts. */
  #next: { readonly offset: number; readonly at: number } | undefined;
  readonly #file: FileBytes;
  readonly #window: FileWindow;
  readonly #ring: KeyRing | undefined;
  readonly #aad: Buffer;
  readonly #path: string;
  #end: PlacedFrame | undefined;
  #key: KeyObject | undefined;
  readonly header: FileHeader | undefined;
  /** Why the file is another one than it is looked for as, by its header: then nothing of it is decrypted. */
  readonly strange: SealedFinding | undefined;
  readonly headerDamage: readonly SealedFinding[];
  map: FrameMap;

  private constructor(
    file: FileBytes,
    ring: KeyRing | undefined,
    name: SealedFileName,
    path: string,
    start: Buffer,
    map: FrameMap,
  ) {
    const { header, damaged, unknownVersion } = readHeader(start);
    this.#file = file;
    this.#window = new FileWindow(file);
    this.#ring = ring;
    this.#aad = nameBytes(name);
    this.#path = path;
    this.header = header;
    this.map = map;
    const whole = start.length === HEADER_BYTES;
    const findings = whole ? damaged.map((at) => finding(at, 0, 'the header of the encrypted file is damaged')) : [];
    if (unknownVersion !== undefined) {
      const problem = `version ${unknownVersion} of the encrypted format is not known: a newer colloquium reads it`;
      findings.push(finding(8, 0, problem));
    }
    this.strange = header && strangeness(header, name);
    if (this.strange !== undefined) findings.push(this.strange);
    this.headerDamage = findings;
  }

  /**
   * @param ring undefined: only lengths and order can be read
   * @param path for messages
   * @param mapFor what is known of the file with this salt, if anything
   */
  static async open(
    file: FileBytes,
    ring: KeyRing | undefined,
    name: SealedFileName,
    path: string,
    mapFor: (salt: string) => FrameMap = () => new FrameMap(),
  ): Promise<SealedReader> {
    const start = Buffer.alloc(HEADER_BYTES);
    let count = 0;
    while (count < start.length) {
      const more = await file.read(start, count, start.length, count);
      if (more === 0) break;
      count += more;
    }
    const known = start.subarray(0, count);
    const { header } = readHeader(known);
    return new SealedReader(
      file,
      ring,
      name,
      path,
      known,
      header === undefined ? new FrameMap() : mapFor(header.salt.toString('hex')),
    );
  }

  /** The id of the key that the file needs; undefined if its header is lost or not there yet. */
  get keyId(): string | undefined {
    return this.header?.keyId;
  }

  /** Whether the key is there. */
  get hasKey(): boolean {
    return this.header === undefined || this.#ring?.has(this.header.keyId) === true;
  }

  /** @throws KeyError if the key is missing */
  requireKey(): void {
    if (this.header !== undefined && !this.hasKey) throw missingKey(this.#path, this.header.keyId, this.#ring);
  }

  /** Everything wrong that shows without decrypting, as far as the file has been walked. */
  get findings(): readonly SealedFinding[] {
    return [...this.headerDamage, ...this.map.findings];
  }

  /** The size of the content, up to the last whole frame. Grows with the file. */
  async size(): Promise<number> {
    const end = await this.#tailEnd();
    if (end !== undefined) return end.offset;
    await this.walk();
    return this.map.offset;
  }

  /** The end frame, if it is the last thing in the file and intact: then nothing else has to be read to know the size. */
  async #tailEnd(): Promise<PlacedFrame | undefined> {
    if (this.#end !== undefined) return this.#end;
    if (!this.hasKey) return undefined;
    const at = (await this.#file.size()) - FRAME_HEADER_BYTES - TAG_BYTES;
    if (at < HEADER_BYTES) return undefined;
    const tail = Buffer.alloc(FRAME_HEADER_BYTES + TAG_BYTES);
    if ((await this.#file.read(tail, 0, tail.length, at)) < tail.length) return undefined;
    const frame = readFrameHeader(tail, 0);
    if (frame?.kind !== KIND.end || frame.bytes !== 0 || this.#opened(tail, frame) === undefined) return undefined;
    this.#end = { ...frame, at };
    return this.#end;
  }

  /** Where the file's last whole frame ends, in the file. */
  async fileEnd(): Promise<number> {
    await this.walk();
    return this.map.at;
  }

  /** Whether the file has its end frame, intact as far as the keys that are there can tell. */
  async isEnded(): Promise<boolean> {
    if ((await this.#tailEnd()) !== undefined) return true;
    await this.walk();
    const { endAt } = this.map;
    if (endAt === undefined || !this.hasKey) return endAt !== undefined;
    const frame = await this.#window.header(endAt);
    return frame !== undefined && (await this.#decrypt({ ...frame, at: endAt })) !== undefined;
  }

  /**
   * Whether the frames have the lengths and the number that the end frame tells, so that nothing was cut out or put in between them.
   * Reads only the end of the file.
   */
  async isOfItsLength(): Promise<boolean> {
    const end = await this.#tailEnd();
    if (end === undefined) return false;
    return end.at === HEADER_BYTES + end.offset + end.counter * (FRAME_HEADER_BYTES + TAG_BYTES);
  }

  /** Content that no frame has, as far as the file has been walked. */
  get losses(): readonly { readonly offset: number; readonly bytes: number; readonly message: string }[] {
    return this.map.lost
      .filter(({ from, to }) => to > from)
      .map(({ from, to, fileOffset }) => ({ offset: from, bytes: to - from, message: lossOf(to - from, fileOffset) }));
  }

  /** Whether the file has an end frame, intact or not. */
  async hasEnd(): Promise<boolean> {
    await this.walk();
    return this.map.endAt !== undefined;
  }

  /** Where bytes at the end of the file start that are not a whole frame; undefined if there are none. */
  async strangeEnd(): Promise<number | undefined> {
    // Then the end of the file is its end frame, and the frames before need not be followed once more.
    if ((await this.#tailEnd()) !== undefined) return undefined;
    await this.walk();
    return this.map.strangeAt;
  }

  /**
   * Reads content from `offset`, up to `end - start` bytes. Fewer don't mean the end; 0 does.
   *
   * @throws UnreadableRange; KeyError
   */
  async read(into: Buffer, start: number, end: number, offset: number): Promise<number> {
    this.requireKey();
    if (this.strange !== undefined && offset < (await this.size()))
      throw new UnreadableRange(this.strange.message, undefined);
    let at = start;
    while (at < end) {
      const from = offset + (at - start);
      try {
        const frame = await this.#frameAt(from);
        if (frame === undefined) break;
        at += frame.bytes.copy(into, at, from - frame.offset, from - frame.offset + (end - at));
      } catch (error) {
        if (error instanceof UnreadableRange && at > start) break;
        throw error;
      }
    }
    return at - start;
  }

  /**
   * The last frame that decrypts: where it ends, in the content and in the file.
   *
   * @param until only frames that end at or before this place of the content count
   */
  async lastIntact(
    until = Infinity,
  ): Promise<{ readonly offset: number; readonly at: number; readonly counter: number; readonly ended: boolean }> {
    this.requireKey();
    await this.walk();
    const none = { offset: 0, at: HEADER_BYTES, counter: 0, ended: false };
    let last = none;
    // Only the end can be torn, so the search starts near it, and goes back as long as nothing decrypts.
    for (let i = this.map.places.length - 1; i >= 0 && last === none; i--) {
      let place = this.map.places[i];
      while (place !== undefined && place.at < this.map.at) {
        const frame = await this.#window.header(place.at);
        if (frame === undefined) {
          place = this.#behindStrange(place.at);
          continue;
        }
        const end = place.at + frameBytes(frame);
        if (frame.offset + frame.bytes <= until && (await this.#decrypt({ ...frame, at: place.at })) !== undefined) {
          last = {
            offset: frame.offset + frame.bytes,
            at: end,
            counter: frame.counter + (frame.kind === KIND.end ? 0 : 1),
            ended: frame.kind === KIND.end,
          };
        }
        place = { offset: frame.offset + frame.bytes, at: end };
      }
    }
    return last;
  }

  /** The frame that follows the last one, or the first one, if all is well with it: mostly files are read from frame to frame. */
  async #following(offset: number): Promise<{ readonly offset: number; readonly bytes: Buffer } | undefined> {
    const place = this.#next ?? { offset: 0, at: HEADER_BYTES };
    if (place.offset !== offset) return undefined;
    const frame = await this.#window.header(place.at);
    if (frame?.kind !== KIND.data || frame.offset !== offset || frame.bytes === 0) return undefined;
    const bytes = await this.#decrypt({ ...frame, at: place.at });
    if (bytes === undefined) return undefined;
    this.#next = { offset: offset + frame.bytes, at: place.at + frameBytes(frame) };
    this.#frame = { offset, bytes };
    return this.#frame;
  }

  #behindStrange(at: number): { readonly offset: number; readonly at: number } | undefined {
    return this.map.places.find((place) => place.at > at);
  }

  async #frameAt(offset: number): Promise<{ readonly offset: number; readonly bytes: Buffer } | undefined> {
    const known = this.#frame;
    if (known !== undefined && offset >= known.offset && offset < known.offset + known.bytes.length) return known;
    const following = await this.#following(offset);
    if (following !== undefined) return following;
    if (offset >= this.map.offset || this.#end !== undefined) await this.walk();
    if (offset >= this.map.offset) return undefined;
    const hole = this.map.lost.find(({ from, to }) => offset >= from && offset < to);
    if (hole !== undefined) {
      const problem = lossOf(hole.to - hole.from, hole.fileOffset);
      throw new UnreadableRange(problem, hole.to < this.map.offset ? hole.to : undefined);
    }
    let place = this.#next !== undefined && this.#next.offset <= offset ? this.#next : undefined;
    const near = this.#placeBefore(offset);
    if (place === undefined || (near !== undefined && near.offset > place.offset)) place = near;
    while (place !== undefined && place.at < this.map.at) {
      const frame: FrameHeader | undefined = await this.#window.header(place.at);
      if (frame === undefined || frame.offset !== place.offset) {
        const { offset: wanted, at } = place;
        place = this.map.places.find((other) => other.offset === wanted && other.at > at);
        if (place !== undefined) continue;
        throw new UnreadableRange(`the frame at byte ${at} of the file is damaged`, this.#offsetBehind(wanted));
      }
      const next = { offset: frame.offset + frame.bytes, at: place.at + frameBytes(frame) };
      if (offset < next.offset) {
        const bytes = await this.#decrypt({ ...frame, at: place.at });
        if (bytes === undefined) {
          throw new UnreadableRange(
            `a frame of ${frame.bytes} encrypted bytes is damaged (byte ${place.at} of the file)`,
            next.offset < this.map.offset ? next.offset : undefined,
          );
        }
        this.#frame = { offset: frame.offset, bytes };
        this.#next = next;
        return this.#frame;
      }
      place = next.offset === frame.offset ? undefined : this.#jump(next);
    }
    return undefined;
  }

  /** Past what is lost, to the next frame that is known. */
  #jump(next: {
    readonly offset: number;
    readonly at: number;
  }): { readonly offset: number; readonly at: number } | undefined {
    const hole = this.map.lost.find(({ from }) => from === next.offset);
    if (hole === undefined) return next;
    return this.map.places.find(({ offset }) => offset >= hole.to);
  }

  #placeBefore(offset: number): { readonly offset: number; readonly at: number } | undefined {
    const { places } = this.map;
    let low = 0;
    let high = places.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((places[middle]?.offset ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    return places[low - 1];
  }

  #offsetBehind(offset: number): number | undefined {
    return this.map.places.find((place) => place.offset > offset)?.offset;
  }

  /** Follows the frames' headers as far as the file goes now, and notes what is wrong with their order. */
  async walk(): Promise<void> {
    await this.map.walk(this.#window, await this.#file.size());
  }

  /** Decrypts a frame; undefined if it is damaged or belongs elsewhere. */
  async #decrypt(frame: PlacedFrame): Promise<Buffer | undefined> {
    const bytes = await this.#window.bytes(frame.at, frameBytes(frame));
    return bytes && this.#opened(bytes, frame);
  }

  /** Decrypts the bytes of a frame; undefined if they are damaged or belong elsewhere. */
  #opened(bytes: Buffer, frame: FrameHeader): Buffer | undefined {
    if (this.header === undefined || this.strange !== undefined || this.#ring === undefined) return undefined;
    this.#key ??= this.#ring.derive(this.header.keyId, this.header.salt, FILE_KEY_INFO, this.#path);
    return openFrame(this.#key, this.#aad, bytes, frame);
  }
}

function lossOf(bytes: number, fileOffset: number): string {
  return `${bytes} encrypted bytes are lost or damaged (byte ${fileOffset} of the file)`;
}

/** Why a file with this header is not the one that it is looked for as. */
function strangeness(header: FileHeader, { kind, number, log }: SealedFileName): SealedFinding | undefined {
  if (header.number !== number) {
    return finding(52, 0, `the file is ${kind} ${header.number} and not ${number}, by its header`);
  }
  if (log === undefined || header.log === log) return undefined;
  if (header.log === undefined) return finding(8, 0, 'the file is not bound to a log, as those of this log are');
  return finding(36, 0, `the file is of another log (${header.log}), and this one is ${log}`);
}
