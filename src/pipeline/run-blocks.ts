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

/** Counter steps between two blocks: more than a block has lines. */
const COUNTER_PER_BLOCK = 2 ** 20;

/** Whatever turns blocks into results: this thread, or several. */
export interface BlockExecutor {
  /** How many blocks it can work on at a time. */
  readonly width: number;
  submit(block: Block, meta: BlockMeta): Promise<BlockResult>;
  /** Takes back the memory of lines that are written, for the next ones. */
  recycle?(lines: Buffer): void;
  /** Takes note of a block that an earlier run has delivered, where later blocks depend on those before them. */
  skip?(block: Block, meta: BlockMeta): Promise<void>;
  /** The input is at its end: what becomes of the events that its stages still keep. */
  end?(meta: BlockMeta): Promise<BlockResult>;
  /** What its stages know of the events before; absent: nothing. */
  readonly state?: ExecutorState;
}

/** What stages know of the events before. */
export interface ExecutorState {
  /** From now on each result says what has changed of it. */
  track(): void;
  /** Takes over that of an earlier run, before the first event. */
  restore(state: StateChanges): void;
  /** What each stage keeps of the events of earlier runs. */
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
  /** Ends the reading of `blocks`, for a run that ends before its input does. */
  readonly stopReading: () => void;
  /** Results go out as they are done; else in the order of the input. Blocks must be of one line each. */
  readonly unordered?: boolean;
  /** Asked before each block whether anybody wants to see its events on their way. */
  readonly tap?: (() => Tap | undefined) | undefined;
  /** Awaited before anything of a block is written. What it throws ends the run. */
  readonly beforeWrite?: () => Promise<void>;
  /** Asked when there are no more blocks: whether that is the end of the input, and what stages keep goes on. Default: it is not. */
  readonly isAtEnd?: () => boolean;
  /** Told before the first block what each stage keeps of earlier runs, where stages keep anything. */
  readonly onBefore?: (stages: readonly StageCounts[]) => void;
  /** Told of changes of the state of the stages, in their order: each before the block that they come from is reached. */
  readonly onState?: (changes: StateChanges) => void;
  /** Told by each block of the first tick that would let go what stages keep; undefined: nothing waits for time. */
  readonly onNextTick?: (timestamp: number | undefined) => void;
  /** Awaited when outputs have begun files for a block, and nothing of it is written yet. What it throws ends the run. */
  readonly onNewFiles?: () => Promise<void>;
  /** Called after each block that is safely out. */
  readonly onProgress?: (progress: Progress) => void;
  /** Told of each block that is safely out. */
  readonly onDelivered?: (delivered: Delivered) => void;
  /**
   * Called when all events up to here are out, and none behind it: where a checkpoint may be made. With `unordered` it says only
   * that the block is out.
   */
  readonly onReached?: (resumeAt: ResumeAt) => void;
}

/** What became of one block. */
export interface Delivered extends Pick<BlockResult, 'counts' | 'failures' | 'observations' | 'stages'> {
  readonly resumeAt: ResumeAt;
}

export interface Progress {
  readonly counts: Readonly<Counts>;
  /** Of a pipeline with stages that look across events: what became of the events of each stage. */
  readonly stages?: readonly StageCounts[];
  /** Input bytes gone through. */
  readonly bytes: number;
}

export type BlockRunResult = Progress & {
  /** Input lines gone through, those that are no event too, and all of an event that takes several. */
  readonly lines: number;
} & Ending;

/** Whether nothing was written behind the last call of `onReached`. A block that is out in part is not counted by any. */
export function endedBetweenBlocks(result: BlockRunResult): boolean {
  return result.endedBy === 'input' || (result.endedBy === 'paused' && !result.inBlock);
}

/** Why a run ended. */
type Ending =
  | {
      /**
       * `input`: read to its end, or to where reading was stopped. `failure`: an event failed, and that ends the run.
       * `closed`: nobody reads the output any more.
       */
      readonly endedBy: 'input' | 'failure' | 'closed';
    }
  /** The run can't go on now; the event at which it stopped, and those after it, count as not read. */
  | {
      readonly endedBy: 'paused';
      readonly pause: RunPaused;
      /** A part of what came of it was written. */
      readonly inBlock: boolean;
    }
  /** A source or sink failed. What the counts name was written before. */
  | { readonly endedBy: 'error'; readonly error: unknown };

/** What is still known of a block when its bytes have gone to another thread. */
interface Arrived {
  readonly file: FileLines;
  /** Lines before it, where that is known on arrival. */
  readonly linesBefore: number | undefined;
  readonly size: number;
  readonly resumeAt: ResumeAt;
  readonly pending: Promise<BlockResult>;
}

/** What came of one file so far: blocks arrived (lines, when each block is one), and lines delivered. */
interface FileLines {
  arrived: number;
  delivered: number;
}

/**
 * Drives blocks through the executor and their results to the outputs, in the order of the input. Reading waits for
 * writing: at most `width` + 1 blocks are held.
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

  /** Writes a result piece by piece, as they are made. @returns it as a whole, of several pieces without what was written */
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
      // Waited for whatever happened before: the run is not over while a call is out.
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
    // Writes go one at a time either way: in the order of arrival, or of completion.
    const deliverNow = (): Promise<void> => (tail = deliverAfter(tail, arrived));
    if (run.unordered === true) {
      arrived.pending.then(deliverNow, deliverNow);
    } else {
      // It may fail before its turn comes, which is when the failure counts.
      arrived.pending.catch(() => undefined);
      void deliverNow();
    }
  };

  const metaOf = (source: string): BlockMeta => {
    const meta = { source, timestamp: run.now(), counter, tap: run.tap?.() };
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
      // Taken before the bytes may go to another thread.
      const size = block.kind === 'lines' ? block.bytes.length : block.lineBytes;
      const { file, linesBefore } = placeOf(block);
      const pending = run.executor.submit(block, meta);
      held += 1;
      enqueue({ file, linesBefore, size, resumeAt: block.resumeAt, pending });
      // One is read ahead of those that are worked on.
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
    // The source failed: what it gave before goes out all the same.
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
