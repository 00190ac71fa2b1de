import { sentTo } from '../../../event/index.js';
import type { LogPosition } from '../../../log/index.js';
import { runBlocks, type OpenExecutor } from '../../../pipeline/index.js';
import { nowhere } from '../../../sinks/index.js';
import { logSource, parseLogMark, type Block, type ReadableLog } from '../../../sources/index.js';
import { collectFailures, type Failures } from '../../forecast/failures.js';

/** An executor that is not used for this long is closed. Milliseconds. */
const IDLE_MS = 60_000;

export interface ReadAheadOptions {
  readonly pipeline: string;
  readonly log: ReadableLog;
  readonly now: () => number;
  /** The number of outputs of the pipeline. */
  readonly outputs: number;
  /** Opens an executor whose calls gather requests, and wait for nothing. */
  readonly open: () => OpenExecutor;
}

/**
 * Takes a pipeline's stored events through its stages up to their calls, ahead of the pipeline itself, and writes nothing. It works
 * in a process of its own: an event that ends that process does not end the daemon, which would read it again.
 */
export class ReadAhead {
  #executor: OpenExecutor | undefined;
  #usedAt = 0;
  #reading: AbortController | undefined;
  #failures: Failures = collectFailures();

  constructor(private readonly options: ReadAheadOptions) {}

  /** How many events of this pass fail before their calls, or for good. */
  get failed(): number {
    return this.#failures.failed;
  }

  /**
   * Reads from a place to the end of the log.
   *
   * @returns the place up to which it has read; undefined: it was stopped before the end
   * @throws LogError; errors of the calls
   */
  async read(from: LogPosition): Promise<LogPosition | undefined> {
    const { pipeline, log, now, outputs, open } = this.options;
    const reading = new AbortController();
    this.#reading = reading;
    this.#failures = collectFailures();
    const source = logSource(log, { from, accepts: sentTo(pipeline), singleLines: true, onDamage: () => undefined });
    let to = from;
    async function* events(): AsyncGenerator<Block> {
      for await (const block of source.blocks(reading.signal)) {
        to = parseLogMark(block.resumeAt)?.position ?? to;
        if (block.kind === 'lines' && block.bytes.length > 0) yield { ...block, alone: true };
      }
    }
    const executor = (this.#executor ??= open());
    const result = await runBlocks({
      executor,
      blocks: events(),
      outputs: Array.from({ length: outputs }, () => nowhere),
      deadLetters: this.#failures.sink,
      now,
      stopReading: () => reading.abort(),
      unordered: true,
    });
    this.#usedAt = now();
    const isWhole = result.endedBy === 'input' && !reading.signal.aborted;
    if (!isWhole) await this.close();
    if (result.endedBy === 'error') throw result.error;
    return isWhole ? to : undefined;
  }

  /** Ends the pass that is under way: what it has read is finished. */
  stop(): void {
    this.#reading?.abort();
  }

  /** Closes what has not been used for a while. Call it between two passes. */
  async tend(): Promise<void> {
    if (this.options.now() - this.#usedAt >= IDLE_MS) await this.close();
  }

  async close(): Promise<void> {
    const executor = this.#executor;
    this.#executor = undefined;
    await executor?.close();
  }
}
