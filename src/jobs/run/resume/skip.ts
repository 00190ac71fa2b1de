import { metaOfBlock, singleLines, type BlockExecutor } from '../../../pipeline/index.js';
import type { Block } from '../../../sources/index.js';

/** Notes blocks that an earlier run has processed, for stages that number equal requests. */
export function skipper(executor: BlockExecutor): (block: Block) => Promise<void> {
  return async (block) => {
    for await (const line of singleLines(once(block))) {
      const meta = { source: line.source, timestamp: Date.now(), counter: 0 };
      await executor.skip?.(line, metaOfBlock(line, meta));
    }
  };
}

async function* once(block: Block): AsyncGenerator<Block> {
  yield await Promise.resolve(block);
}
