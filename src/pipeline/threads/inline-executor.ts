import type { Block } from '../../sources/index.js';
import type { BlockMeta, BlockResult, ResultAtOnce } from '../batch.js';
import type { BlockProcessor } from '../block-processor.js';
import type { BlockExecutor } from '../run-blocks.js';

/** Processes blocks on this thread: right for small inputs and slow sources, where starting a worker costs more than it saves. */
export function inlineExecutor(process: BlockProcessor): BlockExecutor {
  // Two blocks at a time: one is written while the next is processed.
  return {
    width: 2,
    submit: (block, meta) => processHere(process, block, meta),
    recycle: (lines) => process.memory.give(lines),
  };
}

/** Processes a block on this thread, after the work in progress. */
export async function processHere(process: BlockProcessor, block: Block, meta: BlockMeta): Promise<BlockResult> {
  await Promise.resolve();
  return recycled(block, process(block, meta));
}

/** Returns the block's memory once the last piece of its result is made. */
function recycled(block: Block, { rest, ...result }: ResultAtOnce): ResultAtOnce {
  if (rest !== undefined) return { ...result, rest: () => recycled(block, rest()) };
  if (block.kind === 'lines') block.recycle?.(block.bytes);
  return result;
}
