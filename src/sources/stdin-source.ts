import { fstatSync } from 'node:fs';
import type { Source } from './block.js';
import { descriptorBlocks } from './file-source.js';
import { pipeChunks } from './pipe-chunks.js';
import { itIsADirectory } from './read-error.js';
import { streamBlocks, type ChunkStream } from './stream-source.js';

const STDIN = 0;

/**
 * Standard input: a redirected file is read like a file, anything else as a stream that waits without holding a thread.
 *
 * @throws SourceError for a folder, which a stream would take for an empty input
 */
export function stdinSource(lineBytesMax: number): Source {
  const stats = fstatSync(STDIN);
  if (stats.isDirectory()) throw itIsADirectory('stdin');
  if (stats.isFile()) {
    const blocks = (signal: AbortSignal) => descriptorBlocks(STDIN, 'stdin', lineBytesMax, signal);
    return { name: 'stdin', sizeBytes: stats.size, blocks };
  }
  // A terminal, or a device.
  const isPipe = stats.isFIFO() || stats.isSocket();
  const stream = (): ChunkStream => (isPipe ? pipeChunks(STDIN) : process.stdin);
  return { name: 'stdin', blocks: (signal) => streamBlocks(stream(), 'stdin', lineBytesMax, signal) };
}
