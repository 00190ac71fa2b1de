import { describe, expect, it } from 'vitest';
import { readChunks, type Chunk } from '../../../src/log/read/chunks.js';
import { DamagedRange, type SegmentSource } from '../../../src/log/segment/segment-source.js';

/** A segment of some text; bytes between `lostFrom` and `lostTo` can't be read. Reads are cut to `step` bytes. */
function segmentOf(text: string, step = Infinity, lostFrom = Infinity, lostTo = Infinity): SegmentSource {
  const bytes = Buffer.from(text);
  return {
    path: 'segment',
    packed: false,
    isTruncated: false,
    size: () => Promise.resolve(bytes.length),
    read: (into, start, end, offset) => {
      if (offset >= lostFrom && offset < lostTo) return Promise.reject(new DamagedRange('lost', lostTo));
      const stop = offset < lostFrom ? Math.min(bytes.length, lostFrom) : bytes.length;
      return Promise.resolve(bytes.copy(into, start, offset, Math.min(stop, offset + Math.min(end - start, step))));
    },
    close: () => Promise.resolve(),
  };
}

async function chunksOf(source: SegmentSource, lineBytesMax: number, from = 0): Promise<Chunk[]> {
  const chunks: Chunk[] = [];
  for await (const chunk of readChunks(source, from, await source.size(), 16, lineBytesMax)) chunks.push(chunk);
  return chunks;
}

/** Chunks as text: lines as they are, what is lost as `!offset+bytes`, the partial one as `?offset+bytes`. */
function shown(chunks: readonly Chunk[]): string {
  return chunks
    .map((chunk) => {
      if (chunk.kind === 'lines') return chunk.bytes.toString('utf8');
      return `${chunk.kind === 'lost' ? '!' : '?'}${chunk.offset}+${chunk.bytes}\n`;
    })
    .join('');
}

describe('reading a segment in chunks', () => {
  const text = 'one\ntwo\nthree and four and five and six\nseven\n';

  it.each([1, 2, 3, 7, 16, 1000])('gives whole lines when the disk gives %i bytes at a time', async (step) => {
    const chunks = await chunksOf(segmentOf(text, step), 1000);
    expect(shown(chunks)).toBe(text);
    for (const chunk of chunks) {
      if (chunk.kind !== 'lines') throw new Error('not lines');
      expect(text.slice(chunk.offset).startsWith(chunk.bytes.toString('utf8'))).toBe(true);
      expect(chunk.bytes.at(-1)).toBe(0x0a);
    }
  });

  it.each([1, 5, 1000])('skips a line that is too long, in steps of %i bytes', async (step) => {
    const long = 'x'.repeat(5000);
    const source = segmentOf(`a\n${long}\nb\n${long}\n${long}\nc\n${long}`, step);
    expect(shown(await chunksOf(source, 100))).toBe('a\n!2+5001\nb\n!5005+5001\n!10006+5001\nc\n?15009+5000\n');
  });

  it('reports what follows the last newline', async () => {
    expect(shown(await chunksOf(segmentOf('one\ntwo'), 1000))).toBe('one\n?4+3\n');
    expect(shown(await chunksOf(segmentOf('two'), 1000))).toBe('?0+3\n');
    expect(shown(await chunksOf(segmentOf(''), 1000))).toBe('');
  });

  it('continues after lost bytes', async () => {
    expect(shown(await chunksOf(segmentOf('one\ntwo\nthree\nfour\n', Infinity, 5, 10), 1000))).toBe(
      'one\n!4+6\nree\nfour\n',
    );
    expect(shown(await chunksOf(segmentOf('one\ntwo\n', Infinity, 4, 8), 1000))).toBe('one\n!4+4\n');
  });
});
