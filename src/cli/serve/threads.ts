import { blockProcessor, inlineExecutor, workerExecutor, type BlockOptions } from '../../pipeline/index.js';
import type { OpenExecutor } from '../engines.js';

/**
 * Compiles a pipeline at once, and lets threads work on its events. They are started with the first event, so that the
 * daemon is ready at once.
 *
 * @param workers how many; 0: the thread that takes events in does it all
 * @throws ComputoError
 */
export function workingThreads(block: BlockOptions, workers: number): OpenExecutor {
  const processHere = blockProcessor(block);
  if (workers === 0) return { ...inlineExecutor(processHere), close: () => Promise.resolve() };
  let pool: ReturnType<typeof workerExecutor> | undefined;
  const opened = (): ReturnType<typeof workerExecutor> =>
    (pool ??= workerExecutor(block, processHere, workers, new URL('./worker.js', import.meta.url)));
  return {
    // One block less than the threads take, so that none is worked on here: this thread takes events in.
    width: workers * 2 - 1,
    submit: (content, meta) => opened().submit(content, meta),
    recycle: (lines) => processHere.memory.give(lines),
    close: async () => pool?.close(),
  };
}
