import { createReadStream, type ReadStream } from 'node:fs';
import type { KeyRing } from '../crypt/index.js';
import { packingOf, type Packing } from '../files/index.js';
import type { Block, Source } from './block.js';
import { BLOCK_BYTES } from './block-cutter.js';
import { notEncrypted } from './encrypted-input.js';
import { readableStats } from './file-source.js';
import type { InputFormat } from './formats/decoder.js';
import { openForReading } from './open-file.js';
import { chunkBlocks, streamChunks } from './stream-source.js';
import { unpacked } from './unpack.js';
import { isSealedInput, unsealedInput } from './unsealed.js';

const NEWLINE = 0x0a;

/** The maximum factor by which a record grows as a line: by field names, or as a broken record in base64. */
const LINE_GROWTH_MAX = 8;

/**
 * Converts an input of another format to lines of JSON. A file is read from its start; `.gz` and `.zst` are decompressed, encrypted
 * outputs decrypted. A last
 * record that only the end of the input ends has no newline, because the input may continue it later.
 *
 * @param recordBytesMax longer records are reported, not kept in memory
 * @throws SourceError when it can't be opened
 */
export function decodedSource(name: string, format: InputFormat, recordBytesMax: number, keys?: KeyRing): Source {
  const isStdin = name === '-';
  if (!isStdin) readableStats(name);
  const source = isStdin ? 'stdin' : name;
  const packing = packingOf(name);
  const isSealed = !isStdin && isSealedInput(name);
  return {
    name: source,
    async *blocks(signal): AsyncGenerator<Block> {
      const chunks = isSealed ? unsealedInput(name, keys, signal) : notEncrypted(plainChunks(name, packing, signal));
      const decoder = format.open({ source, recordBytesMax });
      async function* lines(): AsyncGenerator<Buffer> {
        for await (const chunk of chunks) yield decoder.decode(chunk);
        if (!signal.aborted) yield withoutLineEnd(decoder.end());
      }
      for await (const block of chunkBlocks(lines(), source, recordBytesMax * LINE_GROWTH_MAX, signal)) {
        yield block.kind === 'lines' ? { ...block, decoded: true } : block;
      }
    },
  };
}

function plainChunks(name: string, packing: Packing | undefined, signal: AbortSignal): AsyncIterable<Buffer> {
  if (packing !== undefined) return unpacked(name, packing, signal);
  return streamChunks(name === '-' ? process.stdin : opened(name), signal);
}

function withoutLineEnd(lines: Buffer): Buffer {
  let end = lines.length;
  while (end > 0 && lines[end - 1] === NEWLINE) end -= 1;
  return lines.subarray(0, end);
}

function opened(path: string): ReadStream {
  return createReadStream(path, { fd: openForReading(path), highWaterMark: BLOCK_BYTES });
}
