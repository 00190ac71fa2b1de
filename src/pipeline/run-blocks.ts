import { ID_COUNTER_RANGE } from '../event/index.js';
import { SinkClosedError, type Sink } from '../sinks/index.js';
import type { Block, ResumeAt } from '../sources/index.js';
import { metaOfBlock, type BlockMeta, type BlockResult } from './batch.js';
import { addSides, addStageCounts, type StageCounts } from './across/stage-counts.js';
import type { StateChanges } from './across/state-table.js';
import { addCounts, noCounts, type Counts } from './counts.js';
import { deadLetterLine } from './dead-letter.js';
import { takeRest } from './in-turn.js';
import { mergeResults } from './merge-results.js';
import { RunPaused } from './run-paused.js';
import type { Tap } from './tap.js';

/** The counter's increment per block: more than a block has lines. */
const COUNTER_PER_BLOCK = 2 ** 20;

/** Turns blocks into results, on this thread or several. */
export interface BlockExecutor {
  /** How many blocks it can process at a time. */
  readonly width: number;
  submit(block: Block, meta: BlockMeta): Promise<BlockResult>;
  /** Takes back the memory of written lines for reuse. */
  recycle?(lines: Buffer): void;
  /** Takes note of a block that an earlier run has delivered, if later blocks depend on earlier ones. */
  skip?(block: Block, meta: BlockMeta): Promise<void>;
  /** Ends the input, and returns what becomes of the events that its stages still hold. */
  end?(meta: BlockMeta): Promise<BlockResult>;
  /** What its stages know of earlier events; absent: nothing. */
  readonly state?: ExecutorState;
}

/** What stages know of earlier events. */
export interface ExecutorState {
  /** From now on, adds the changes of the state to each result. */
  track(): void;
  /** Restores the state of an earlier run, before the first event. */
  restore(state: StateChanges): void;
  /** Returns how many events of earlier runs each stage holds. */
  before(): readonly StageCounts[];
}

export interface BlockRun {
  readonly executor: BlockExecutor;
  readonly blocks: AsyncIterable<Block>;
  /** One for each output of the pipeline. */
  readonly outputs: readonly Sink[];
  readonly deadLetters: Sink;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** See {@link BlockMeta.newId}. */
  readonly newId?: BlockMeta['newId'];
  /** Stops the reading of `blocks`, for a run that ends before its input does. */
  readonly stopReading: () => void;
  /** Writes results as they are finished instead of in the order of the input. Blocks must be of one line each. */
  readonly unordered?: boolean;
  /** Called before each block for the tap, if anybody watches the events. */
  readonly tap?: (() => Tap | undefined) | undefined;
  /** Awaited before anything of a block is written. An error ends the run. */
  readonly beforeWrite?: () => Promise<void>;
  /** Called when there are no more blocks: whether the input has ended, so that held events are released. Default: it has not. */
  readonly isAtEnd?: () => boolean;
  /** Called before the first block with what each stage holds of earlier runs, if stages hold anything. */
  readonly onBefore?: (stages: readonly StageCounts[]) => void;
  /** Called with the state changes of the stages, in order, before the block that caused them is reached. */
  readonly onState?: (changes: StateChanges) => void;
  /** Called after each block with the first tick that would release held events; undefined: nothing waits for time. */
  readonly onNextTick?: (timestamp: number | undefined) => void;
  /** Awaited when outputs have started files for a block, before any of it is written. An error ends the run. */
  readonly onNewFiles?: () => Promise<void>;
  /** Called after each block that is safely out. */
  readonly onProgress?: (progress: Progress) => void;
  /** Called with each block that is safely out. */
  readonly onDelivered?: (delivered: Delivered) => void;
  /**
   * Called when all events up to here are out, and none after: a checkpoint may be made here. With `unordered`, says only that
   * the block is out.
   */
  readonly onReached?: (resumeAt: ResumeAt) => void;
}

/** What became of one block. */
export interface Delivered extends Pick<BlockResult, 'counts' | 'failures' | 'observations' | 'stages'> {
  readonly resumeAt: ResumeAt;
}

export interface Progress {
  readonly counts: Readonly<Counts>;
  /** What became of the events of each stage, if the pipeline has stages that look across events. */
  readonly stages?: readonly StageCounts[];
  /** Input bytes processed. */
  readonly bytes: number;
}

export type BlockRunResult = Progress & {
  /** Input lines processed, including those that are not events, and all lines of an event that spans several. */
  readonly lines: number;
} & Ending;

/** Whether nothing was written after the last call of `onReached`. No count includes a block that is only partly written. */
export function endedBetweenBlocks(result: BlockRunResult): boolean {
  return result.endedBy === 'input' || (result.endedBy === 'paused' && !result.inBlock);
}

/** Why a run ended. */
type Ending =
  | {
      /**
       * `input`: the input was read to its end, or to where reading was stopped. `failure`: an event failed, which ended the run.
       * `closed`: nobody reads the output any more.
       */
      readonly endedBy: 'input' | 'failure' | 'closed';
    }
  /** The run can't continue now; the event at which it stopped, and those after it, count as not read. */
  | {
      readonly endedBy: 'paused';
      readonly pause: RunPaused;
      /** Whether part of the event's output was written. */
      readonly inBlock: boolean;
    }
  /** A source or sink failed. The events in the counts were written before. */
  | { readonly endedBy: 'error'; readonly error: unknown };

/** What is remembered of a block after its bytes have gone to another thread. */
interface Arrived {
  readonly file: FileLines;
  /** Lines before it, if that is known on arrival. */
  readonly linesBefore: number | undefined;
  readonly size: number;
  readonly resumeAt: ResumeAt;
  readonly pending: Promise<BlockResult>;
}

/** The progress of one file: blocks arrived (lines, if each block is one), and lines delivered. */
interface FileLines {
  arrived: number;
  delivered: number;
}

/**
 * Runs blocks through the executor and writes their results to the outputs, in the order of the input. Reading waits for writing:
 * at most `width` + 1 blocks are held.
 */
export async function runBlocks(run: BlockRun): Promise<BlockRunResult> {
  const counts = noCounts();
  const stages: StageCounts[] = [];
  const before = run.executor.state?.before();
  if (before !== undefined) {
    addStageCounts(stages, before);
    addSides({ counts }, before);
    run.onBefore?.(before);
  }
  const files = new Map<string, FileLines>();
  let bytes = 0;
  let lines = 0;
  let counter = 0;
  let ending: Ending | undefined;
  const hasEnded = (): boolean => ending !== undefined;

  const prepare = async (groups: NonNullable<BlockResult['groups']>): Promise<void> => {
    let hasBegun = false;
    for (const [index, some] of groups) if ((await run.outputs[index]?.prepare?.(some)) === true) hasBegun = true;
    if (hasBegun) await run.onNewFiles?.();
  };

  const write = async (result: BlockResult, base: number): Promise<void> => {
    if (result.groups !== undefined) await prepare(result.groups);
    if (result.deadLetters.length > 0) {
      const letters = result.deadLetters.map(({ head, lineInBlock, line }) =>
        deadLetterLine(head, lineInBlock === undefined ? line : base + lineInBlock + 1),
      );
      await run.deadLetters.write(Buffer.from(letters.join('')));
    }
    for (const [index, finished] of result.outputs.entries()) {
      if (finished.length > 0) await run.outputs[index]?.write(finished, result.groups?.get(index));
      run.executor.recycle?.(finished);
    }
    addCounts(counts, result.counts);
    if (result.stages !== undefined) addStageCounts(stages, result.stages);
  };

  /**
   * Writes a result piece by piece as the pieces are made. @returns the whole result; without the written lines if it has several
   * pieces
   */
  const writeAll = async (first: BlockResult, base: number, onWritten: () => void): Promise<BlockResult> => {
    const pieces: BlockResult[] = [];
    for (let piece = first; ;) {
      const { rest, ...written } = piece;
      try {
        if (pieces.length === 0) await run.beforeWrite?.();
        await write(piece, base);
      } catch (error) {
        await takeRest(rest);
        throw error;
      }
      if (rest === undefined && pieces.length === 0) return piece;
      pieces.push({ ...written, outputs: [], deadLetters: [] });
      if (rest === undefined) return mergeResults(pieces);
      onWritten();
      run.onProgress?.({ counts, bytes });
      piece = await rest();
    }
  };

  const deliver = async (arrived: Arrived, first: BlockResult, onWritten: () => void): Promise<BlockResult> => {
    const { file, linesBefore, size, resumeAt } = arrived;
    const result = await writeAll(first, linesBefore ?? file.delivered, onWritten);
    file.delivered += result.lines;
    bytes += size;
    lines += result.lines;
    run.onProgress?.({ counts, bytes });
    run.onDelivered?.({ ...result, resumeAt });
    if (result.changes !== undefined) run.onState?.(result.changes);
    if (result.stages !== undefined) run.onNextTick?.(result.nextTick);
    if (resumeAt !== undefined && !result.stopped) run.onReached?.(resumeAt);
    return result;
  };

  let held = 0;
  let wake = (): void => undefined;
  let tail = Promise.resolve();
  const heldAtMost = async (count: number): Promise<void> => {
    while (held > count) await new Promise<void>((resolve) => (wake = resolve));
  };

  const end = (how: Ending): void => {
    if (hasEnded()) return;
    ending = how;
    run.stopReading();
  };

  /** Delivers one result once `before` is done. Nothing is delivered after the run has ended. */
  const deliverAfter = async (before: Promise<void>, arrived: Arrived): Promise<void> => {
    await before;
    let inBlock = false;
    try {
      // Awaited whatever happened before: the run is not over while a call is in progress.
      const first = await arrived.pending;
      if (hasEnded()) {
        await takeRest(first.rest);
        return;
      }
      const result = await deliver(arrived, first, () => (inBlock = true));
      if (result.stopped) end({ endedBy: 'failure' });
    } catch (error) {
      end(endingFor(error, inBlock));
    } finally {
      held -= 1;
      wake();
    }
  };

  const placeOf = ({ source, startsFile }: Block): Pick<Arrived, 'file' | 'linesBefore'> => {
    const file = (startsFile ? undefined : files.get(source)) ?? { arrived: 0, delivered: 0 };
    files.set(source, file);
    const linesBefore = run.unordered === true ? file.arrived : undefined;
    file.arrived += 1;
    return { file, linesBefore };
  };

  const enqueue = (arrived: Arrived): void => {
    // Writes go one at a time, in the order of arrival or of completion.
    const deliverNow = (): Promise<void> => (tail = deliverAfter(tail, arrived));
    if (run.unordered === true) {
      arrived.pending.then(deliverNow, deliverNow);
    } else {
      // It may fail before its turn comes, but the failure counts only then.
      arrived.pending.catch(() => undefined);
      void deliverNow();
    }
  };

  const metaOf = (source: string): BlockMeta => {
    const meta = { source, timestamp: run.now(), counter, newId: run.newId, tap: run.tap?.() };
    counter = (counter + COUNTER_PER_BLOCK) % ID_COUNTER_RANGE;
    return meta;
  };

  try {
    let source = '';
    for await (const block of run.blocks) {
      if (hasEnded()) break;
      ({ source } = block);
      const meta = metaOfBlock(block, metaOf(source));
      if (block.done !== undefined) {
        placeOf(block).file.delivered += block.done.lines;
        await run.executor.skip?.(block, meta);
        continue;
      }
      // Read before the bytes may go to another thread.
      const size = block.kind === 'lines' ? block.bytes.length : block.lineBytes;
      const { file, linesBefore } = placeOf(block);
      const pending = run.executor.submit(block, meta);
      held += 1;
      enqueue({ file, linesBefore, size, resumeAt: block.resumeAt, pending });
      // One block is read ahead of those being processed.
      await heldAtMost(run.executor.width);
    }
    await heldAtMost(0);
    const { executor } = run;
    if (!hasEnded() && executor.end !== undefined && run.isAtEnd?.() === true) {
      const file = files.get(source) ?? { arrived: 0, delivered: 0 };
      const pending = executor.end(metaOf(source));
      held += 1;
      enqueue({ file, linesBefore: undefined, size: 0, resumeAt: undefined, pending });
      await heldAtMost(0);
    }
  } catch (error) {
    // The source failed: the blocks before that are still written.
    await heldAtMost(0);
    end({ endedBy: 'error', error });
  }
  return { counts, ...(stages.length > 0 && { stages }), bytes, lines, ...(ending ?? { endedBy: 'input' }) };
}

function endingFor(error: unknown, inBlock: boolean): Ending {
  if (error instanceof SinkClosedError) return { endedBy: 'closed' };
  if (error instanceof RunPaused) return { endedBy: 'paused', pause: error, inBlock };
  return { endedBy: 'error', error };
}
