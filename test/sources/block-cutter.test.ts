import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BLOCK_BYTES, BlockCutter } from '../../src/sources/block-cutter.js';
import type { Block } from '../../src/sources/index.js';

/** Feeds the chunks through a cutter, as a source does. */
function cut(chunks: readonly Buffer[], lineBytesMax: number): Block[] {
  const cutter = new BlockCutter('test', lineBytesMax);
  const blocks: Block[] = [];
  for (const chunk of chunks) {
    for (let at = 0; at < chunk.length;) {
      const count = chunk.copy(cutter.space(), 0, at);
      at += count;
      blocks.push(...cutter.advance(count));
    }
  }
  blocks.push(...cutter.end());
  return blocks;
}

/** What the blocks say the lines were; an overlong line as its length. */
function linesOf(blocks: readonly Block[]): (string | number)[] {
  return blocks.flatMap((block): (string | number)[] =>
    block.kind === 'overlong'
      ? [block.lineBytes]
      : block.bytes
          .toString('latin1')
          .split('\n')
          .slice(0, block.bytes.at(-1) === 10 ? -1 : undefined),
  );
}

const bytes = fc
  .array(fc.constantFrom('a', 'é', '\n', '\r\n', '\n\n', 'x'.repeat(30)), { maxLength: 60 })
  .map((parts) => Buffer.from(parts.join('')));

describe('the block cutter', () => {
  it('loses no byte and splits no line, however the bytes arrive', () => {
    fc.assert(
      fc.property(bytes, fc.array(fc.nat(200), { maxLength: 10 }), (whole, places) => {
        const cuts = [...places.map((place) => Math.min(place, whole.length)), 0, whole.length].sort((a, b) => a - b);
        const chunks = cuts.slice(1).map((end, index) => whole.subarray(cuts[index], end));
        const blocks = cut(chunks, 1000);
        expect(Buffer.concat(blocks.map((block) => (block.kind === 'lines' ? block.bytes : Buffer.alloc(0))))).toEqual(
          whole,
        );
        for (const block of blocks.slice(0, -1)) expect(block.kind === 'lines' && block.bytes.at(-1)).toBe(10);
      }),
    );
  });

  it('reports the length of each line over the limit, and keeps its head', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 3 * BLOCK_BYTES }), { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 100_000 }),
        (lengths, chunk) => {
          const limit = BLOCK_BYTES;
          const whole = Buffer.from(lengths.map((length) => `${'y'.repeat(length)}\n`).join(''));
          const chunks = Array.from({ length: Math.ceil(whole.length / chunk) }, (_, i) =>
            whole.subarray(i * chunk, (i + 1) * chunk),
          );
          const blocks = cut(chunks, limit);
          // A line that arrives with its newline is never held for long, so the cutter may let it pass for others to measure.
          expect(linesOf(blocks).map((line) => (typeof line === 'number' ? line : line.length))).toEqual(lengths);
          for (const block of blocks) {
            if (block.kind === 'overlong') expect(block.head.toString()).toBe('y'.repeat(4096));
            else expect(block.bytes.length).toBeLessThanOrEqual(limit + 2 * BLOCK_BYTES);
          }
        },
      ),
      { numRuns: 15 },
    );
  });

  it('drops a byte order mark at the start of a file, even one that arrives byte by byte, and nowhere else', () => {
    const text = Buffer.from('\ufeff1\n\ufeff2\n');
    expect(linesOf(cut([text], 100))).toEqual(linesOf(cut([Buffer.from('1\n\ufeff2\n')], 100)));
    expect(
      linesOf(
        cut(
          Array.from(text, (byte) => Buffer.from([byte])),
          100,
        ),
      ),
    ).toEqual(linesOf(cut([Buffer.from('1\n\ufeff2\n')], 100)));
    expect(cut([Buffer.from('\ufeff')], 100)).toEqual([]);
    expect(linesOf(cut([Buffer.from([0xef, 0xbb])], 100))).toEqual(['\u00ef\u00bb']);
  });

  it('marks the block where line numbers start', () => {
    const cutter = new BlockCutter('test', 100);
    const feed = (text: string): Block[] => [...cutter.advance(Buffer.from(text).copy(cutter.space()))];
    const starts = [...feed('1\n'), ...feed('2\n'), ...cutter.end(), ...feed('3\n')].map((block) => block.startsFile);
    expect(starts).toEqual([true, false, true]);
  });
});
