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

/** Short enough that little is repeated after a crash, long enough that syncing costs almost nothing. */
const CHECKPOINT_INTERVAL_MS = 200;

/** The pause between two reads of a growing log: a stream of single events then costs as little as one of blocks. */
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
  /** The pipeline whose events are read. */
  readonly pipeline: string;
  readonly log: ProcessedLog;
  /** Whether the executor needs blocks of one line each. */
  readonly singleLines: boolean;
  readonly checkpoints: CheckpointKeeping;
  readonly checkpointName: string;
  readonly world: ProcessingWorld;
  readonly onDamage: (damage: Damage) => void;
  /** Opens what the stages know of earlier events; undefined if none knows anything, now or before. */
  readonly openState: OpenState;
  /** Set for a pipeline whose stages hold events until time releases them. */
  readonly ticks?: Pick<TickerOptions, 'store' | 'onFailure'> & {
    /** Whether no reader was running before, so that nobody took events. */
    readonly isStart: boolean;
  };
  /** Called if the log is not the one that the checkpoint refers to. */
  readonly onOtherLog: () => void;
}

/**
 * Reads the stored events of a pipeline from its checkpoint on. Each is processed once: files are truncated to the checkpoint
 * first, so that an event is in them once whatever happened before.
 */
export class LogReader implements ProcessorReader {
  #reached: LogPosition = LOG_START;
  #hasBegun = false;
  #stored: ProcessingCheckpoint | undefined;
  /** Approximately when the oldest unprocessed event was stored; undefined: there was none at the last check. */
  #behindSince: number | undefined;
  #timeAtStart = 0;
  #isStart: boolean;

  constructor(private readonly options: LogReaderOptions) {
    this.#isStart = options.ticks?.isStart === true;
  }

  /** The approximate age of the oldest unprocessed event since it was stored, in milliseconds. */
  get lagMs(): number {
    if (!this.isBehind) return 0;
    const now = this.options.world.now();
    this.#behindSince ??= now;
    return Math.max(0, now - this.#behindSince);
  }

  /**
   * The number of stored events that are not processed yet, including those of other pipelines.
   *
   * @throws LogError
   */
  async backlog(): Promise<number> {
    return this.isBehind ? await this.options.log.recordsBehind(this.#reached) : 0;
  }

  /** Everything before it is processed, and stays so after a crash. */
  get checkpoint(): LogPosition {
    return this.#stored?.place.position ?? LOG_START;
  }

  get isBehind(): boolean {
    return comparePositions(this.#reached, this.options.log.end) < 0;
  }

  /** Every event before it is out; undefined before the first run has begun. */
  get position(): LogPosition | undefined {
    return this.#hasBegun ? this.#reached : undefined;
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
    // Others may write continuously: what they store later does not matter.
    const isBehind = (timestamp: number): boolean => this.isBehind && last.timestamp < timestamp;
    const ticker = ticks && new Ticker({ ...ticks, world, isBehind });
    const beginTicks = (): void => {
      if (found?.state !== undefined) ticker?.begin(this.#isStart);
      this.#isStart = false;
    };
    const reached = (now: LogMark): void => {
      const isFurther = comparePositions(now.position, this.#reached) > 0;
      this.#reached = now.position;
      this.#hasBegun = true;
      // 0: nothing was read before, and the first read will set it.
      this.#behindSince = this.isBehind && now.timestamp > 0 ? now.timestamp : undefined;
      onReached(isFurther);
    };

    /**
     * Waits until a line that was tried alone is in a checkpoint before starting others. If those kill the process, the next
     * start finds them first.
     */
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
      // A reader that did not finish may have been killed by the next event.
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
          // Open events may have waited for time while the pipeline was not running.
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

/** What is known of a pipeline's output files. @throws LogError */
export async function knownFiles(
  log: ProcessedLog,
  pipeline: string,
  found: ProcessingCheckpoint | undefined,
): Promise<KnownFiles | undefined> {
  if (found === undefined || found.ended || found.replays) return found;
  // A process that was killed with no events left has written nothing after the checkpoint either.
  return { files: found.files, ended: !(await hasEventsOf(log, pipeline, startOf(found, log.end).from)) };
}

/** Where to continue reading: after the checkpoint, unless it refers to a log that is longer than this one. */
function startOf(
  found: ProcessingCheckpoint | undefined,
  end: LogPosition,
): { readonly from: LogPosition | { readonly since: number }; readonly place: LogMark; readonly isOtherLog: boolean } {
  if (found === undefined) {
    return { from: LOG_START, place: { position: LOG_START, timestamp: 0 }, isOtherLog: false };
  }
  const { place } = found;
  if (comparePositions(place.position, end) <= 0) return { from: place.position, place, isOtherLog: false };
  // The log was restored from a backup, or started anew: timestamps tell which events are new.
  return { from: { since: place.timestamp + 1 }, place, isOtherLog: true };
}
