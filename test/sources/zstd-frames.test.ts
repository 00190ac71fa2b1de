import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ZstdFrames } from '../../src/sources/zstd-frames.js';

const MAGIC = [0x28, 0xb5, 0x2f, 0xfd];

/** A number as bytes, the lowest first. */
function le(value: number, bytes: number): number[] {
  return Array.from({ length: bytes }, (_, at) => Math.floor(value / 2 ** (8 * at)) % 256);
}

interface Block {
  /** 0 raw, 1 one byte that is repeated, 2 compressed: of the last only the length matters here. */
  readonly type: number;
  readonly bytes: number;
}

/** A frame as RFC 8878 lays it out. */
const frame = fc
  .record({
    sizeFlag: fc.nat(3),
    single: fc.boolean(),
    checksum: fc.boolean(),
    dictionaryFlag: fc.nat(3),
    blocks: fc.array(fc.record({ type: fc.nat(2), bytes: fc.nat(300) }), { minLength: 1, maxLength: 4 }),
  })
  .map(({ sizeFlag, single, checksum, dictionaryFlag, blocks }) => {
    const descriptor = (sizeFlag << 6) | (Number(single) << 5) | (Number(checksum) << 2) | dictionaryFlag;
    const sizeBytes = [single ? 1 : 0, 2, 4, 8][sizeFlag] ?? 0;
    const header = (single ? 0 : 1) + ([0, 1, 2, 4][dictionaryFlag] ?? 0) + sizeBytes;
    const written = blocks.flatMap(({ type, bytes }: Block, at) => {
      const head = le((bytes << 3) | (type << 1) | Number(at === blocks.length - 1), 3);
      return [...head, ...Array.from({ length: type === 1 ? 1 : bytes }, () => 0x28)];
    });
    return Buffer.from([...MAGIC, descriptor, ...le(7, header), ...written, ...(checksum ? le(9, 4) : [])]);
  });

const skippable = fc
  .tuple(fc.nat(15), fc.uint8Array({ maxLength: 40 }))
  .map(([kind, content]) => Buffer.from([0x50 + kind, 0x2a, 0x4d, 0x18, ...le(content.length, 4), ...content]));

const parts = fc.array(
  fc.oneof(
    frame.map((bytes) => ({ bytes, isFrame: true })),
    skippable.map((bytes) => ({ bytes, isFrame: false })),
  ),
  { minLength: 1, maxLength: 5 },
);

function cut(bytes: Buffer, sizes: readonly number[], frames = new ZstdFrames()): Buffer[] {
  const pieces: Buffer[] = [];
  let at = 0;
  for (const size of [...sizes, Math.max(1, bytes.length)]) {
    pieces.push(...frames.cut(bytes.subarray(at, at + size)));
    at += size;
  }
  return pieces;
}

/** `{"n":1}` five times and `{"n":2}`, a line each, by zstd 1.5 with its checksum. */
const REAL = Buffer.from('KLUv/QRojQAAWHsibiI6MX0KMn0KAQA+lwusJhgq', 'base64');

describe('the frames of a zstd file', () => {
  it('are found wherever it is cut, and no piece reaches beyond the end of one', () => {
    fc.assert(
      fc.property(parts, fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 40 }), (all, sizes) => {
        const frames = new ZstdFrames();
        const pieces = cut(Buffer.concat(all.map(({ bytes }) => bytes)), sizes, frames);
        expect(frames.isWhole).toBe(true);
        const expected = all.flatMap(({ bytes, isFrame }) => (isFrame ? [bytes] : []));
        expect(Buffer.concat(pieces).equals(Buffer.concat(expected))).toBe(true);
        const ends = (buffers: readonly Buffer[]): Set<number> => {
          let end = 0;
          return new Set(buffers.map(({ length }) => (end += length)));
        };
        for (const end of ends(expected)) expect(ends(pieces)).toContain(end);
      }),
      { numRuns: 300 },
    );
  });

  it('are not whole when the file ends within one', () => {
    fc.assert(
      fc.property(parts, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (all, share) => {
        const last = all.at(-1)?.bytes ?? Buffer.alloc(0);
        const rest = all.slice(0, -1).map(({ bytes }) => bytes);
        const kept = Math.floor(share * last.length);
        const frames = new ZstdFrames();
        cut(Buffer.concat([...rest, last.subarray(0, kept)]), [], frames);
        expect(frames.isWhole).toBe(kept === 0);
        expect(frames.isBroken).toBe(false);
      }),
    );
  });

  it('end where something else begins', () => {
    const frames = new ZstdFrames();
    const pieces = cut(Buffer.concat([REAL, Buffer.from('garbage'), REAL]), [], frames);
    expect([frames.isBroken, frames.isWhole]).toEqual([true, false]);
    expect(Buffer.concat(pieces)).toEqual(REAL);
  });

  it('are those of the program zstd', () => {
    const frames = new ZstdFrames();
    expect(Buffer.concat(cut(Buffer.concat([REAL, REAL]), [5, 9], frames))).toEqual(Buffer.concat([REAL, REAL]));
    expect(frames.isWhole).toBe(true);
  });
});
