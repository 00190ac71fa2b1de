import {
  compileProcessor,
  eventExecutor,
  watchedExecutor,
  type BlockOptions,
  type EventOptions,
  type OpenExecutor,
  type WatchedOptions,
} from '../../../pipeline/index.js';
import { SpareMemory } from '../../../sources/index.js';

/** How a daemon's threads work. */
export interface ThreadsPlan extends Pick<WatchedOptions, 'eventTimeoutMs' | 'clock'> {
  /** The number of threads per pipeline, 1 or more. */
  readonly workers: number;
  readonly onWorkerEnded: (pipeline: string, ...ended: Parameters<WatchedOptions['onWorkerEnded']>) => void;
  readonly onGivenUp: (pipeline: string, ...event: Parameters<WatchedOptions['onGivenUp']>) => void;
}

/**
 * The threads that run the scripts of a daemon's pipelines. Scripts never run in the daemon's own thread, which answers requests
 * whatever an event does.
 */
export class WorkingThreads {
  /** The open executors, with their pipelines. */
  readonly #open = new Map<ReturnType<typeof watchedExecutor>, string>();
  #isCutOff = false;

  constructor(private readonly plan: ThreadsPlan) {}

  /**
   * Compiles a pipeline at once, and lets threads process its events. The threads start with the first event, so that the daemon
   * is ready at once.
   *
   * @throws ComputoError
   */
  open(block: BlockOptions): OpenExecutor {
    return this.#start(block, compileProcessor(block).memory);
  }

  /** Like {@link open}, for a pipeline with AI stages: this thread makes its calls. @throws ComputoError */
  openCalling({ calls, concurrency, window, ...block }: EventOptions): OpenExecutor {
    const calling = { calls, concurrency, window };
    eventExecutor({ ...block, ...calling });
    return this.#start(block, new SpareMemory(), calling);
  }

  #start(block: BlockOptions, memory: SpareMemory, calling?: WatchedOptions['calling']): OpenExecutor {
    const { onWorkerEnded, onGivenUp, ...plan } = this.plan;
    const { name } = block.pipeline;
    const executor = watchedExecutor(block, {
      ...plan,
      memory,
      ...(calling && { calling }),
      script: new URL('./worker.js', import.meta.url),
      onWorkerEnded: (why) => onWorkerEnded(name, why),
      onGivenUp: (id, reason) => onGivenUp(name, id, reason),
    });
    this.#open.set(executor, name);
    if (this.#isCutOff) void executor.close();
    return {
      get width() {
        return executor.width;
      },
      submit: (content, meta) => executor.submit(content, meta),
      recycle: (lines) => executor.recycle?.(lines),
      ...(executor.state && { state: executor.state }),
      close: async () => {
        this.#open.delete(executor);
        await executor.close();
      },
    };
  }

  /** How long the slowest event of a pipeline has been in work, if that is long for an event. */
  lateMs(pipeline: string): number | undefined {
    const late = [...this.#open].flatMap(([executor, name]) => (name === pipeline ? (executor.lateMs() ?? []) : []));
    return late.length === 0 ? undefined : Math.max(...late);
  }

  /** Stops current and any later work: its events count as not read. */
  async abortCalls(): Promise<void> {
    this.#isCutOff = true;
    await Promise.all([...this.#open.keys()].map((executor) => executor.close()));
  }
}
