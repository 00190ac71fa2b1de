import { blockProcessor, type BlockOptions, type BlockProcessor } from '../block-processor.js';
import { inlineExecutor } from './inline-executor.js';
import type { BlockExecutor } from '../run-blocks.js';
import type { TraceOf } from '../stages/index.js';

/** Less input than this is done before workers, which take 50 ms to start and as long to warm up, could save anything. */
const BYTES_WORTH_WORKERS = 64 * 1024 * 1024;

export interface ThreadChoice {
  /** Threads that may work, this one included. 1: no workers, whatever the input. */
  readonly threads: number;
  /** Start the workers at once: somebody asked for them. */
  readonly atOnce: boolean;
  /** The input's size, where it is known. */
  readonly inputBytes: number | undefined;
  /** The worker's bundled program. */
  readonly script?: URL;
  readonly traceOf?: TraceOf | undefined;
}

type ClosableExecutor = BlockExecutor & { close(): Promise<void> };

/**
 * Compiles the pipeline and works on this thread while there is little input; when much of it is known or seen, other
 * threads join.
 *
 * @throws ComputoError when a script can't be compiled
 */
export function chooseExecutor(options: BlockOptions, choice: ThreadChoice): ClosableExecutor {
  const { threads, atOnce, inputBytes, traceOf } = choice;
  const processHere = blockProcessor(options, traceOf);
  const inline = inlineExecutor(processHere);
  // A trace is told of on this thread only.
  if (threads <= 1 || traceOf !== undefined) return { ...inline, close: () => Promise.resolve() };

  let seenBytes = 0;
  let executor: BlockExecutor = inline;
  let starting: Promise<ClosableExecutor> | undefined;
  const start = (): void => {
    starting ??= startWorkers(options, processHere, choice).then((started) => (executor = started));
  };
  if (atOnce || (inputBytes ?? 0) >= BYTES_WORTH_WORKERS) start();

  return {
    get width() {
      return executor.width;
    },
    submit(block, meta) {
      if (starting === undefined) {
        seenBytes += block.kind === 'lines' ? block.bytes.length : 0;
        if (seenBytes >= BYTES_WORTH_WORKERS) start();
      }
      return executor.submit(block, meta);
    },
    recycle: (lines) => processHere.memory.give(lines),
    async close() {
      await (await starting)?.close();
    },
  };
}

async function startWorkers(
  options: BlockOptions,
  processHere: BlockProcessor,
  { threads, script = new URL('./worker.js', import.meta.url) }: ThreadChoice,
): Promise<ClosableExecutor> {
  const { workerExecutor } = await import('./worker-executor.js');
  return workerExecutor(options, processHere, threads - 1, script);
}
