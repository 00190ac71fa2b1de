import type { BlockProcessor } from './block-processor.js';
import type { BlockExecutor } from './run-blocks.js';

/** Works on this thread: right for small inputs and slow sources, where starting a worker costs more than it saves. */
export function inlineExecutor(process: BlockProcessor): BlockExecutor {
  // Two blocks at a time: one is being written while the next is worked on.
  return { width: 2, submit: (block, meta) => Promise.resolve().then(() => process(block, meta)) };
}
