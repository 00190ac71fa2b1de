import { sentTo } from '../../event/index.js';
import { comparePositions, LOG_START, type Damage, type LogPosition } from '../../log/index.js';
import { logSource, parseLogMark, type Block, type LogMark, type ReadableLog } from '../../sources/index.js';
import { parseProcessingCheckpoint, type ProcessingCheckpoint } from './process-log-checkpoint.js';
import { CheckpointKeeper } from './checkpoint-keeper.js';
import { OutputWatch } from './output-watch.js';
import { hasEventsOf } from './has-events.js';
import { closeSinks, openSinks, type KnownFiles, type OpenSink, type OutputFinding } from './process-log-outputs.js';
import {
  endedBetweenBlocks,
  runBlocks,
  type BlockExecutor,
  type BlockRunResult,
  type Delivered,
} from '../run-blocks.js';
import type { Tap } from '../tap.js';

/** Soon enough that little is done twice after a crash, seldom enough that syncing costs nothing. */
const CHECKPOINT_INTERVAL_MS = 200;

/** Between two reads of a log that grows: a stream of single events costs as little as one of blocks. */
const REST_MS = 20;

/** Where checkpoints are kept: the log's own store, or another. */
export interface CheckpointKeeping {
  get(name: string): Promise<{ readonly value: unknown } | undefined>;
  put(name: string, value: unknown): Promise<void>;
}

export interface LogProcessing {
  /** Events that were sent to this pipeline are processed. */
  readonly pipeline: string;
  readonly log: ReadableLog & { readonly end: LogPosition; recordsBehind(place: LogPosition): Promise<number> };
  /** Begins an executor that knows stored events (`input: 'envelope'`). One that failed is not used again. */
  readonly openExecutor: () => BlockExecutor & { close(): Promise<void> };
  /** Whether the executor wants blocks of one line each. */
  readonly singleLines: boolean;
  readonly outputs: readonly OpenSink[];
  readonly deadLetters: OpenSink;
  readonly checkpoints: CheckpointKeeping;
  readonly checkpointName: string;
  readonly world: ProcessingWorld;
  readonly tell: ProcessingTalk;
  /** Asked before each block whether anybody wants to see its events on their way. */
  readonly tap?: () => Tap | undefined;
}

export interface ProcessingWorld {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** What is worth telling a person. */
export interface ProcessingTalk {
  readonly damage: (damage: Damage) => void;
  /** Somebody else has renamed, removed or changed an output file. */
  readonly changed: (file: string, finding: OutputFinding) => void;
  /** The log is not the one that the checkpoint speaks of. */
  readonly otherLog: () => void;
}

/** What became of a block of events. */
export interface BlockTally extends Omit<Delivered, 'resumeAt'> {
  /** When its last event was stored, milliseconds since the epoch; undefined where nothing was read before. */
  readonly storedAt: number | undefined;
}

export interface ProcessingProgress {
  /** Every event before it is out. */
  reached(place: LogMark): void;
  /** A checkpoint is durable. */
  stored(checkpoint: ProcessingCheckpoint): void;
  delivered(tally: BlockTally): void;
  /** @param watch is to look at the outputs while no events come */
  opened(watch: OutputWatch): void;
}

/**
 * Runs a pipeline over the stored log, from where its checkpoint stands, until it is stopped: each event of the pipeline is
 * processed once, and files are cut back to the checkpoint first, so that an event is in them once whatever happened
 * before.
 *
 * @param signal ends the reading; what was read is finished
 * @returns how it ended: everything up to the last call of `reached` is out and in a checkpoint, unless it ended by an error
 * @throws SinkError, LogError
 */
export async function processLog(
  processing: LogProcessing,
  progress: ProcessingProgress,
  signal: AbortSignal,
): Promise<BlockRunResult> {
  const { checkpoints, checkpointName, tell, log } = processing;
  const found = parseProcessingCheckpoint((await checkpoints.get(checkpointName))?.value);
  const { from, place, isOtherLog } = startOf(found, log.end);
  if (isOtherLog) tell.otherLog();
  const known = await knownFiles(log, processing.pipeline, found);
  const sinks = await openSinks(processing.outputs, processing.deadLetters, known, tell.changed);
  const reading = new AbortController();
  const stopReading = (): void => reading.abort();
  signal.addEventListener('abort', stopReading, { once: true });
  if (signal.aborted) stopReading();
  let failure: { readonly error: unknown } | undefined;
  const executor = processing.openExecutor();
  let stored = LOG_START;

  const keeper = new CheckpointKeeper<LogMark>({
    files: sinks.files,
    intervalMs: CHECKPOINT_INTERVAL_MS,
    wait: processing.world.wait,
    async store(reached) {
      const checkpoint: ProcessingCheckpoint = { ...reached, driven: found?.driven ?? {}, replays: false };
      await checkpoints.put(checkpointName, checkpoint);
      stored = checkpoint.place.position;
      progress.stored(checkpoint);
    },
    onFailure(error) {
      failure = { error };
      stopReading();
    },
  });

  /** What was tried by itself is in a checkpoint before others are begun: whoever dies of these finds them first. */
  async function* inTurn(blocks: AsyncIterable<Block>): AsyncGenerator<Block> {
    let tried = LOG_START;
    const isStored = (): boolean => comparePositions(stored, tried) >= 0;
    for await (const block of blocks) {
      if (block.alone === true) tried = parseLogMark(block.resumeAt)?.position ?? tried;
      else while (!isStored() && !reading.signal.aborted) await processing.world.wait(REST_MS, reading.signal);
      yield block;
    }
  }

  try {
    let last = place;
    const watch = new OutputWatch({ files: sinks.files, tell: tell.changed, onChange: () => keeper.renew(last) });
    await keeper.begin(place);
    progress.opened(watch);
    if (!('since' in from)) progress.reached(place);
    const source = logSource(log, {
      from,
      follow: true,
      accepts: sentTo(processing.pipeline),
      singleLines: processing.singleLines,
      // Who came to no end may have died of the event that is next.
      firstAlone: found !== undefined && !found.ended,
      onDamage: tell.damage,
      rest: (ended) => processing.world.wait(REST_MS, ended),
    });
    const result = await runBlocks({
      executor,
      blocks: inTurn(source.blocks(reading.signal)),
      outputs: sinks.outputs,
      deadLetters: sinks.deadLetters,
      now: processing.world.now,
      tap: processing.tap,
      stopReading,
      beforeWrite: () => watch.beforeBlock(),
      onDelivered({ resumeAt, ...tally }) {
        watch.afterBlock();
        progress.delivered({ ...tally, storedAt: parseLogMark(resumeAt)?.timestamp || undefined });
      },
      onReached(resumeAt) {
        const reached = parseLogMark(resumeAt);
        if (reached === undefined) return;
        last = reached;
        keeper.reached(reached);
        progress.reached(reached);
      },
    });
    if (failure !== undefined) throw failure.error;
    await watch.look();
    if (result.endedBy !== 'error') await keeper.finish(endedBetweenBlocks(result));
    return result;
  } finally {
    signal.removeEventListener('abort', stopReading);
    await keeper.abandon();
    for (const file of sinks.files) file.hurry();
    await closeSinks([...sinks.outputs, sinks.deadLetters]);
    await executor.close();
  }
}

/** What is known of the files that a pipeline writes to. @throws LogError */
export async function knownFiles(
  log: LogProcessing['log'],
  pipeline: string,
  found: ProcessingCheckpoint | undefined,
): Promise<KnownFiles | undefined> {
  if (found === undefined || found.ended || found.replays) return found;
  // Whoever was killed with nothing left to do has written nothing behind it either.
  return { files: found.files, ended: !(await hasEventsOf(log, pipeline, startOf(found, log.end).from)) };
}

/** Where to go on reading: behind the checkpoint, unless it speaks of a log that is longer than this one. */
function startOf(
  found: ProcessingCheckpoint | undefined,
  end: LogPosition,
): { readonly from: LogPosition | { readonly since: number }; readonly place: LogMark; readonly isOtherLog: boolean } {
  if (found === undefined) {
    return { from: LOG_START, place: { position: LOG_START, timestamp: 0 }, isOtherLog: false };
  }
  const { place } = found;
  if (comparePositions(place.position, end) <= 0) return { from: place.position, place, isOtherLog: false };
  // A log that was restored from a backup, or begun anew: time tells what is new in it.
  return { from: { since: place.timestamp + 1 }, place, isOtherLog: true };
}
