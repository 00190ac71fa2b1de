import { fstatSync } from 'node:fs';
import type { Source } from './block.js';
import { descriptorBlocks } from './file-source.js';
import { pipeBlocks } from './pipe-source.js';
import { itIsADirectory } from './read-error.js';
import { streamBlocks } from './stream-source.js';

const STDIN = 0;

/**
 * Opens standard input: reads a redirected file like a file, and anything else as a stream that does not block a thread.
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
  if (stats.isFIFO() || stats.isSocket()) {
    return { name: 'stdin', blocks: (signal) => pipeBlocks(STDIN, 'stdin', lineBytesMax, signal) };
  }
  // A terminal, or a device.
  return { name: 'stdin', blocks: (signal) => streamBlocks(process.stdin, 'stdin', lineBytesMax, signal) };
}
