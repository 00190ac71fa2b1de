import { ID_COUNTER_RANGE } from '../event/index.js';
import { SinkClosedError, type Sink } from '../sinks/index.js';
import type { Block } from '../sources/index.js';
import type { BlockMeta, BlockResult } from './batch.js';
import { addCounts, noCounts, type Counts } from './counts.js';
import { deadLetterLine } from './dead-letter.js';

/** Counter steps between two blocks: more than a block has lines. */
const COUNTER_PER_BLOCK = 2 ** 20;

/** Blocks read ahead of the one being written, besides those that are being worked on. */
const BLOCKS_AHEAD = 1;

/** Whatever turns blocks into results: this thread, or several. */
export interface BlockExecutor {
  /** How many blocks it can work on at a time. */
  readonly width: number;
  submit(block: Block, meta: BlockMeta): Promise<BlockResult>;
}

export interface BlockRun {
  readonly executor: BlockExecutor;
  readonly blocks: AsyncIterable<Block>;
  /** One for each output of the pipeline. */
  readonly outputs: readonly Sink[];
  readonly deadLetters: Sink;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Ends the reading of `blocks`, for a run that ends before its input does. */
  readonly stopReading: () => void;
  /** Called after each block that is safely out. */
  readonly onProgress?: (progress: Progress) => void;
}

export interface Progress {
  readonly counts: Readonly<Counts>;
  /** Input bytes gone through. */
  readonly bytes: number;
}

export type BlockRunResult = Progress & Ending;

/** Why a run ended. */
type Ending =
  | {
      /**
       * `input`: read to its end, or to where reading was stopped. `failure`: an event failed, and that ends the run.
       * `closed`: nobody reads the output any more.
       */
      readonly endedBy: 'input' | 'failure' | 'closed';
    }
  /** A source or sink failed. What the counts name was written before. */
  | { readonly endedBy: 'error'; readonly error: unknown };

/** What is still known of a block when its bytes have gone to another thread. */
interface Arrived {
  readonly source: string;
  readonly startsFile: boolean;
  readonly size: number;
}

/**
 * Drives blocks through the executor and their results to the outputs, in the order of the input. Reading waits for
 * writing: at most `width` + 1 blocks are held.
 */
export async function runBlocks(run: BlockRun): Promise<BlockRunResult> {
  const counts = noCounts();
  const linesBefore = new Map<string, number>();
  let bytes = 0;
  let counter = 0;
  let ending: Ending | undefined;
  const hasEnded = (): boolean => ending !== undefined;

  const deliver = async ({ source, startsFile, size }: Arrived, result: BlockResult): Promise<void> => {
    const base = startsFile ? 0 : (linesBefore.get(source) ?? 0);
    linesBefore.set(source, base + result.lines);
    if (result.deadLetters.length > 0) {
      const lines = result.deadLetters.map(({ head, lineInBlock }) =>
        deadLetterLine(head, lineInBlock === undefined ? undefined : base + lineInBlock + 1),
      );
      await run.deadLetters.write(Buffer.from(lines.join('')));
    }
    for (const [index, lines] of result.outputs.entries()) {
      if (lines.length > 0) await run.outputs[index]?.write(lines);
    }
    addCounts(counts, result.counts);
    bytes += size;
    run.onProgress?.({ counts, bytes });
  };

  let held = 0;
  let wake = (): void => undefined;
  let tail = Promise.resolve();

  const end = (how: Ending): void => {
    if (hasEnded()) return;
    ending = how;
    run.stopReading();
  };

  /** Delivers one result after those before it. Nothing is delivered after the run has ended. */
  const deliverInTurn = async (
    before: Promise<void>,
    arrived: Arrived,
    pending: Promise<BlockResult>,
  ): Promise<void> => {
    try {
      const [result] = await Promise.all([pending, before]);
      if (hasEnded()) return;
      await deliver(arrived, result);
      if (result.stopped) end({ endedBy: 'failure' });
    } catch (error) {
      end(error instanceof SinkClosedError ? { endedBy: 'closed' } : { endedBy: 'error', error });
    } finally {
      held -= 1;
      wake();
    }
  };

  try {
    for await (const block of run.blocks) {
      if (hasEnded()) break;
      const meta = { source: block.source, timestamp: run.now(), counter };
      counter = (counter + COUNTER_PER_BLOCK) % ID_COUNTER_RANGE;
      held += 1;
      const { source, startsFile } = block;
      const arrived = { source, startsFile, size: block.kind === 'lines' ? block.bytes.length : block.lineBytes };
      tail = deliverInTurn(tail, arrived, run.executor.submit(block, meta));
      while (held >= run.executor.width + BLOCKS_AHEAD) await new Promise<void>((resolve) => (wake = resolve));
    }
    await tail;
  } catch (error) {
    // The source failed: what it gave before goes out all the same.
    await tail;
    end({ endedBy: 'error', error });
  }
  return { counts, bytes, ...(ending ?? { endedBy: 'input' }) };
}
