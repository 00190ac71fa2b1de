import { sentTo } from '../../event/index.js';
import { comparePositions, LOG_START, type Damage, type LogPosition } from '../../log/index.js';
import { logSource, parseLogMark, type Block, type LogMark, type ReadableLog } from '../../sources/index.js';
import type { KnownFiles } from '../processor/outputs.js';
import type { ProcessingWorld } from '../processor/processor.js';
import type { ProcessorReader, ReaderPass, ReaderPassOptions, StartedPass } from '../processor/reader.js';
import { endedBetweenBlocks, type ExecutorState } from '../run-blocks.js';
import { CheckpointKeeper } from './checkpoint-keeper.js';
import { hasEventsOf } from './has-events.js';
import { parseProcessingCheckpoint, type ProcessingCheckpoint } from './log-checkpoint.js';
import type { KnownState, StateKeeping } from './state-keeping.js';
import { Ticker, type TickerOptions } from './ticker.js';

/** Soon enough that little is done twice after a crash, seldom enough that syncing costs nothing. */
const CHECKPOINT_INTERVAL_MS = 200;

/** Between two reads of a log that grows: a stream of single events costs as little as one of blocks. */
const REST_MS = 20;

/** Where checkpoints are kept: the log's own store, or another. */
export interface CheckpointKeeping {
  get(name: string): Promise<{ readonly value: unknown } | undefined>;
  put(name: string, value: unknown): Promise<void>;
}

export type OpenState = (
  known: KnownState | undefined,
  executor: ExecutorState | undefined,
) => Promise<StateKeeping | undefined>;

type ProcessedLog = ReadableLog & { readonly end: LogPosition; recordsBehind(place: LogPosition): Promise<number> };

export interface LogReaderOptions {
  /** Events that were sent to this pipeline are read. */
  readonly pipeline: string;
  readonly log: ProcessedLog;
  /** Whether the executor wants blocks of one line each. */
  readonly singleLines: boolean;
  readonly checkpoints: CheckpointKeeping;
  readonly checkpointName: string;
  readonly world: ProcessingWorld;
  readonly onDamage: (damage: Damage) => void;
  /** Opens what the stages know of the events before; undefined where none knows anything, now or before. */
  readonly openState: OpenState;
  /** For a pipeline whose stages keep events until time lets them go. */
  readonly ticks?: Pick<TickerOptions, 'store' | 'onFailure'> & {
    /** Whether nobody was there to take events before. */
    readonly isStart: boolean;
  };
  /** Told when the log is not the one that the checkpoint speaks of. */
  readonly onOtherLog: () => void;
}

/**
 * Reads the stored events of a pipeline from where its checkpoint stands. Each is processed once: files are cut back to the checkpoint
 * first, so that an event is in them once whatever happened before.
 */
export class LogReader implements ProcessorReader {
  #reached: LogPosition = LOG_START;
  #stored: ProcessingCheckpoint | undefined;
  /** About when the oldest event was stored that is not processed; undefined: there was none when last looked. */
  #behindSince: number | undefined;
  #timeAtStart = 0;
  #isStart: boolean;

  constructor(private readonly options: LogReaderOptions) {
    this.#isStart = options.ticks?.isStart === true;
  }

  /** Milliseconds since about when the oldest event was stored that is not processed. */
  get lagMs(): number {
    if (!this.isBehind) return 0;
    const now = this.options.world.now();
    this.#behindSince ??= now;
    return Math.max(0, now - this.#behindSince);
  }

  /**
   * How many events are stored that were not gone through yet, those of other pipelines among them.
   *
   * @throws LogError
   */
  async backlog(): Promise<number> {
    return this.isBehind ? await this.options.log.recordsBehind(this.#reached) : 0;
  }

  /** What lies before is processed, and stays so after a crash. */
  get checkpoint(): LogPosition {
    return this.#stored?.place.position ?? LOG_START;
  }

  get isBehind(): boolean {
    return comparePositions(this.#reached, this.options.log.end) < 0;
  }

  gotOn(): boolean {
    const time = this.#stored?.place.timestamp ?? 0;
    const gotOn = time > this.#timeAtStart;
    this.#timeAtStart = time;
    return gotOn;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** @throws LogError */
  async begin(): Promise<ReaderPass> {
    const { checkpoints, checkpointName, log, pipeline, onOtherLog } = this.options;
    const found = parseProcessingCheckpoint((await checkpoints.get(checkpointName))?.value);
    const start = startOf(found, log.end);
    if (start.isOtherLog) onOtherLog();
    return { known: await knownFiles(log, pipeline, found), start: (run) => this.#start(found, start, run) };
  }

  #start(
    found: ProcessingCheckpoint | undefined,
    { from, place }: ReturnType<typeof startOf>,
    { sinks, executor, signal, stop, onReached }: ReaderPassOptions,
  ): StartedPass {
    const { pipeline, log, singleLines, checkpoints, checkpointName, world, openState, onDamage, ticks } = this.options;
    let last = place;
    let stored = LOG_START;
    let failure: { readonly error: unknown } | undefined;
    let kept: StateKeeping | undefined;
    let version = found?.state?.version ?? 0;
    const keeper = new CheckpointKeeper<LogMark & { readonly version: number }>({
      files: sinks.files,
      intervalMs: CHECKPOINT_INTERVAL_MS,
      wait: world.wait,
      store: async (reached) => {
        const { version: reachedVersion, ...mark } = reached.place;
        kept?.commit(reachedVersion);
        const checkpoint: ProcessingCheckpoint = {
          ...reached,
          place: mark,
          driven: found?.driven ?? {},
          replays: false,
          ...(kept && { state: { folder: kept.folder, version: reachedVersion } }),
        };
        await checkpoints.put(checkpointName, checkpoint);
        stored = checkpoint.place.position;
        this.#stored = checkpoint;
      },
      onFailure(error) {
        failure = { error };
        stop();
      },
    });
    // Others may write without a pause: what they store later does not matter.
    const isBehind = (timestamp: number): boolean => this.isBehind && last.timestamp < timestamp;
    const ticker = ticks && new Ticker({ ...ticks, world, isBehind });
    const beginTicks = (): void => {
      if (found?.state !== undefined) ticker?.begin(this.#isStart);
      this.#isStart = false;
    };
    const reached = (now: LogMark): void => {
      const isFurther = comparePositions(now.position, this.#reached) > 0;
      this.#reached = now.position;
      // 0: nothing was read before, and the first read will tell.
      this.#behindSince = this.isBehind && now.timestamp > 0 ? now.timestamp : undefined;
      onReached(isFurther);
    };

    /** What was tried by itself is in a checkpoint before others are begun: whoever dies of these finds them first. */
    async function* inTurn(blocks: AsyncIterable<Block>): AsyncGenerator<Block> {
      let tried = LOG_START;
      const isStored = (): boolean => comparePositions(stored, tried) >= 0;
      for await (const block of blocks) {
        if (block.alone === true) tried = parseLogMark(block.resumeAt)?.position ?? tried;
        else while (!isStored() && !signal.aborted) await world.wait(REST_MS, signal);
        yield block;
      }
    }

    const source = logSource(log, {
      from,
      follow: true,
      accepts: sentTo(pipeline),
      singleLines,
      // Who came to no end may have died of the event that is next.
      firstAlone: found !== undefined && !found.ended,
      onDamage,
      rest: (ended) => world.wait(REST_MS, ended),
    });
    return {
      blocks: inTurn(source.blocks(signal)),
      unordered: false,
      storedAt: (resumeAt) => parseLogMark(resumeAt)?.timestamp || undefined,
      renew: () => keeper.renew({ ...last, version }),
      keep: {
        async begin() {
          kept = await openState(found?.state, executor.state);
          // What is open there may have waited for time while nobody looked.
          beginTicks();
          await keeper.begin({ ...place, version });
          if (!('since' in from)) reached(place);
        },
        reached(resumeAt) {
          const now = parseLogMark(resumeAt);
          if (now === undefined) return;
          last = now;
          keeper.reached({ ...now, version });
          reached(now);
        },
        async finish(result) {
          if (failure !== undefined) throw failure.error;
          if (result.endedBy !== 'error') await keeper.finish(endedBetweenBlocks(result));
          return result;
        },
        ...(ticker && { nextTick: (timestamp) => ticker.expect(timestamp) }),
        changed(changes) {
          version += 1;
          kept?.add(version, changes);
        },
        async abandon() {
          await ticker?.close();
          await keeper.abandon();
          await kept?.close();
        },
      },
    };
  }
}

/** What is known of the files that a pipeline writes to. @throws LogError */
export async function knownFiles(
  log: ProcessedLog,
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
