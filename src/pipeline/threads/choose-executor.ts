import { compileProcessor } from '../across/compile-processor.js';
import type { BlockOptions, BlockProcessor } from '../block-processor.js';
import { keepsState, type TraceOf } from '../stages/index.js';
import { acrossExecutor } from './across-executor.js';
import { inlineExecutor } from './inline-executor.js';
import type { BlockExecutor } from '../run-blocks.js';
import { paceOf } from './pace.js';

/** Workers take 50 ms to start, and longer to warm up: if less work than this is left, they save nothing. */
const WORK_WORTH_WORKERS_MS = 700;

export interface ThreadChoice {
  /** The maximum number of threads, including this one. 1: no workers, whatever the input. */
  readonly threads: number;
  /** Whether to start the workers at once, because somebody asked for them. */
  readonly atOnce: boolean;
  /** The input's size, if known. */
  readonly inputBytes: number | undefined;
  /** The worker's bundled program. */
  readonly script?: URL;
  readonly traceOf?: TraceOf | undefined;
}

type ClosableExecutor = BlockExecutor & { close(): Promise<void> };

/**
 * Compiles the pipeline and runs it on this thread; if that turns out to take long, other threads join.
 *
 * @throws ComputoError when a script can't be compiled
 */
export function chooseExecutor(options: BlockOptions, choice: ThreadChoice): ClosableExecutor {
  const { threads, atOnce, inputBytes, traceOf } = choice;
  if (options.pipeline.stages.some(keepsState)) return acrossExecutor(options, traceOf);
  const work = compileProcessor(options, traceOf);
  // Traces are reported only on this thread.
  if (threads <= 1 || traceOf !== undefined) return { ...inlineExecutor(work), close: () => Promise.resolve() };

  const pace = paceOf(work, inputBytes);
  let executor: BlockExecutor = inlineExecutor(pace.process);
  let starting: Promise<ClosableExecutor> | undefined;
  const start = (): void => {
    starting ??= startWorkers(options, pace.process, choice).then((started) => (executor = started));
  };
  if (atOnce) start();

  return {
    get width() {
      return executor.width;
    },
    submit(block, meta) {
      if (starting === undefined && pace.leftMs() >= WORK_WORTH_WORKERS_MS) start();
      return executor.submit(block, meta);
    },
    recycle: (lines) => work.memory.give(lines),
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
