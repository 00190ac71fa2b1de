import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { SourceError } from '../../src/sources/index.js';
import { streamBlocks } from '../../src/sources/stream-source.js';

const FULL = 64 * 1024;
const line = (length: number): string => `${'x'.repeat(length - 1)}\n`;
/** A chunk as a full pipe gives it: it ends in the middle of a line. */
const fullChunk = (): string => line(1000) + line(FULL - 1100) + 'y'.repeat(100);

/** The blocks' bytes, and what ended them, if it was an error. */
async function read(stream: Readable): Promise<{ blocks: string[]; error: unknown }> {
  const blocks: string[] = [];
  try {
    for await (const block of streamBlocks(stream, 'stdin', 1 << 20, new AbortController().signal)) {
      if (block.kind === 'lines') blocks.push(block.bytes.toString());
    }
  } catch (error) {
    return { blocks, error };
  }
  return { blocks, error: undefined };
}

function streamOf(...chunks: readonly (string | Error)[]): Readable {
  return Readable.from(
    (async function* () {
      for (const chunk of chunks) {
        if (chunk instanceof Error) throw chunk;
        yield Buffer.from(chunk);
        await Promise.resolve();
      }
    })(),
    { objectMode: true, highWaterMark: 1 },
  );
}

describe('a stream', () => {
  it('comes whole, however it is cut', async () => {
    const chunks = Array.from({ length: 20 }, fullChunk);
    const { blocks, error } = await read(streamOf(...chunks));
    expect(error).toBeUndefined();
    expect(blocks.join('')).toBe(chunks.join(''));
  });

  it('that is slow gives its lines at once', async () => {
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    const stream = Readable.from(
      (async function* () {
        yield Buffer.from('first\n');
        await released;
        yield Buffer.from('last');
      })(),
    );
    const seen: string[] = [];
    for await (const block of streamBlocks(stream, 'stdin', 1 << 20, new AbortController().signal)) {
      if (block.kind === 'lines') seen.push(block.bytes.toString());
      release();
    }
    expect(seen).toEqual(['first\n', 'last']);
  });

  it('that fails gives the whole lines before, then says so', async () => {
    const { blocks, error } = await read(streamOf(fullChunk(), new Error('broken')));
    expect(blocks.join('')).toBe(fullChunk().slice(0, -100));
    expect(error).toBeInstanceOf(SourceError);
  });
});
