/** The lengths of the fields that are read. Their values give the lengths of the parts that are only skipped. */
const FIELD_BYTES = { magic: 4, descriptor: 1, block: 3, size: 4 } as const;

type Field = keyof typeof FIELD_BYTES;
type Passed = 'header' | 'content' | 'last-content' | 'checksum' | 'skipped';

const MAGIC = 0xfd2fb528;
const MAGIC_BYTES = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
/** Its last four bits can have any value. */
const SKIPPABLE_MAGIC = 0x184d2a50;
const RLE_BLOCK = 1;
const CHECKSUM_BYTES = 4;

/**
 * Finds the frames of a zstd file (RFC 8878), which may have any number of them. Node's decompressor ends silently after the
 * first frame if more bytes follow in one write, and some versions take a truncated frame for a whole one.
 */
export class ZstdFrames {
  #at: Field | Passed = 'magic';
  /** How many bytes of the current part are still missing. */
  #missing: number = FIELD_BYTES.magic;
  #value = 0;
  #hasChecksum = false;
  #isBroken = false;

  /** Whether every frame so far was complete. */
  get isWhole(): boolean {
    return this.#at === 'magic' && this.#missing === FIELD_BYTES.magic && !this.#isBroken;
  }

  /** Whether bytes were found that are not a frame. Nothing after them is read. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** Takes the next bytes of the file and yields those that belong to frames, in pieces that never extend past the end of a frame. */
  *cut(bytes: Buffer): Generator<Buffer> {
    let start = 0;
    for (let at = 0; at < bytes.length && !this.#isBroken;) {
      const before = this.#at;
      const taken = Math.min(this.#missing, bytes.length - at);
      if (isField(before)) this.#read(bytes, at, taken);
      this.#missing -= taken;
      at += taken;
      if (this.#missing === 0) this.#next();
      if (before === 'magic' && this.#at === 'descriptor') yield MAGIC_BYTES;
      if (!isOfFrame(before)) start = at;
      else if (this.#at === 'magic' || at === bytes.length) {
        yield bytes.subarray(start, at);
        start = at;
      }
    }
  }

  #read(bytes: Buffer, at: number, count: number): void {
    for (let index = at; index < at + count; index++) {
      // Little-endian, unsigned.
      this.#value += (bytes[index] ?? 0) * 2 ** (8 * (FIELD_BYTES[this.#at as Field] - this.#missing + (index - at)));
    }
  }

  /** Moves to what follows a complete part, and past empty parts. */
  #next(): void {
    const value = this.#value;
    this.#value = 0;
    switch (this.#at) {
      case 'magic':
        if (value === MAGIC) this.#expect('descriptor');
        else if (value - (value % 16) === SKIPPABLE_MAGIC) this.#expect('size');
        else this.#isBroken = true;
        break;
      case 'descriptor':
        this.#hasChecksum = (value & 0b100) !== 0;
        this.#pass('header', headerBytes(value));
        break;
      case 'block': {
        const isRle = ((value >> 1) & 0b11) === RLE_BLOCK;
        this.#pass((value & 1) === 1 ? 'last-content' : 'content', isRle ? 1 : value >> 3);
        break;
      }
      case 'size':
        this.#pass('skipped', value);
        break;
      case 'header':
      case 'content':
        this.#expect('block');
        break;
      case 'last-content':
        this.#pass('checksum', this.#hasChecksum ? CHECKSUM_BYTES : 0);
        break;
      case 'checksum':
      case 'skipped':
        this.#expect('magic');
    }
  }

  #expect(field: Field): void {
    this.#at = field;
    this.#missing = FIELD_BYTES[field];
  }

  #pass(what: Passed, bytes: number): void {
    this.#at = what;
    this.#missing = bytes;
    if (bytes === 0) this.#next();
  }
}

function isField(at: Field | Passed): at is Field {
  return Object.hasOwn(FIELD_BYTES, at);
}

/** Excludes the magic number, which is yielded separately once it is known to begin a frame. */
function isOfFrame(at: Field | Passed): boolean {
  return at !== 'magic' && at !== 'size' && at !== 'skipped';
}

/** The length of a frame's header after its descriptor. */
function headerBytes(descriptor: number): number {
  const isSingleSegment = (descriptor & 0b10_0000) !== 0;
  const dictionary = [0, 1, 2, 4][descriptor & 0b11] ?? 0;
  const size = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
  return (isSingleSegment ? 0 : 1) + dictionary + size;
}
