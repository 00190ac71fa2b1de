import type { BlockOptions, BlockProcessor } from '../block-processor.js';
import { processHere } from './inline-executor.js';
import type { BlockExecutor } from '../run-blocks.js';
import { sendOptions } from './sent-options.js';
import { BLOCKS_PER_WORKER, workerHandle, type WorkerHandle } from './worker-handle.js';
import { workerThread } from './worker-thread.js';

/** How many blocks may be finished or in progress before the next one to be written, because threads are not equally fast. */
const BLOCKS_IN_FLIGHT_MIN = 6;

/**
 * Spreads blocks over worker threads, and also processes blocks on this thread when they are all busy: one worker and this thread
 * are as fast as two workers, with less memory. Until a worker is ready, this thread does the work.
 *
 * @param process the processor for this thread
 * @param workers how many threads to start, 1 or more
 * @param script the worker's bundled program
 */
export function workerExecutor(
  options: BlockOptions,
  process: BlockProcessor,
  workers: number,
  script: URL,
): BlockExecutor & { close(): Promise<void> } {
  const data = sendOptions(options);
  const pool = Array.from({ length: workers }, () =>
    workerHandle(process.memory, (talk) => workerThread(script, data, talk)),
  );
  return {
    width: Math.max(BLOCKS_IN_FLIGHT_MIN, workers * BLOCKS_PER_WORKER + 1),
    submit(block, meta) {
      const free = leastBusy(pool);
      return free === undefined ? processHere(process, block, meta) : free.send(block, meta);
    },
    recycle: (lines) => process.memory.give(lines),
    async close() {
      await Promise.all(pool.map((worker) => worker.close()));
    },
  };
}

/** The worker with the fewest blocks, if any is ready and has room for another. */
function leastBusy(pool: readonly WorkerHandle[]): WorkerHandle | undefined {
  let best: WorkerHandle | undefined;
  let fewest = BLOCKS_PER_WORKER;
  for (const worker of pool) {
    const blocks = worker.blocksHeld();
    if (worker.isReady && blocks < fewest) {
      best = worker;
      fewest = blocks;
    }
  }
  return best;
}
