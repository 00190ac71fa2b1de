import { comparePositions, LOG_START, type LogPosition } from '../../log/index.js';
import type { LogMark } from '../../sources/index.js';
import type { OutputWatch } from './output-watch.js';
import { KeepGoing, type ProcessorState, type ProcessorTalk } from './keep-going.js';
import type { ProcessingCheckpoint } from './process-log-checkpoint.js';
import { holdOutputs, releaseOutputs } from './process-log-outputs.js';
import { processLog, type BlockTally, type LogProcessing } from './process-log.js';

/** Keeps one pipeline going over the stored log, over failures of disks and workers, until it is told to end. */
export class LogProcessor {
  readonly pipeline: string;
  #reached: LogPosition = LOG_START;
  #stored: ProcessingCheckpoint | undefined;
  /** About when the oldest event was stored that is not processed; undefined: there was none when last looked. */
  #behindSince: number | undefined;
  #watch: OutputWatch | undefined;
  #timeAtStart = 0;
  #onReached = (): void => undefined;
  readonly #going: KeepGoing;

  constructor(
    private readonly processing: LogProcessing,
    private readonly talk: ProcessorTalk,
  ) {
    this.pipeline = processing.pipeline;
    this.#going = new KeepGoing({
      run: (signal) => processLog(processing, this.#progress, signal),
      onEnd: () => this.#afterRun(),
      onState: () => this.#onReached(),
      wait: processing.world.wait,
      talk,
    });
  }

  get state(): ProcessorState {
    return this.#going.state;
  }

  /** Milliseconds since about when the oldest event was stored that is not processed. */
  get lagMs(): number {
    if (!this.#isBehind()) return 0;
    const now = this.processing.world.now();
    this.#behindSince ??= now;
    return Math.max(0, now - this.#behindSince);
  }

  /**
   * How many events are stored that were not gone through yet, those of other pipelines among them.
   *
   * @throws LogError
   */
  async backlog(): Promise<number> {
    return this.#isBehind() ? await this.processing.log.recordsBehind(this.#reached) : 0;
  }

  /** What lies before is processed, and stays so after a crash. */
  get checkpoint(): LogPosition {
    return this.#stored?.place.position ?? LOG_START;
  }

  /** Before the start: keeps other processes from the outputs, until it has ended. @throws SinkError when one writes there */
  async hold(): Promise<void> {
    const { outputs, deadLetters } = this.processing;
    await holdOutputs([...outputs, deadLetters]);
  }

  start(): void {
    this.#going.start();
  }

  /** Does what the clock asks of the outputs while no events come: new files begin, old ones go. */
  async tend(): Promise<void> {
    await this.#watch?.tend();
  }

  /** Sees whether somebody renamed, removed or changed an output. @throws SinkError */
  async look(): Promise<void> {
    await this.#watch?.look();
  }

  /**
   * Ends the processing: up to the log's end if that is reached within the grace, else with what is being worked on. A
   * checkpoint is made.
   */
  async drain(graceMs: number): Promise<void> {
    const { world } = this.processing;
    // What failed a moment ago may have been mended since.
    this.#going.tryNow();
    const isDone = (): boolean => !this.#going.isAtWork || !this.#isBehind();
    const done = new AbortController();
    this.#onReached = () => isDone() && done.abort();
    this.#onReached();
    if (!done.signal.aborted) await world.wait(graceMs, done.signal);
    await this.#going.stop();
    const { outputs, deadLetters } = this.processing;
    await releaseOutputs([...outputs, deadLetters]);
  }

  #isBehind(): boolean {
    return comparePositions(this.#reached, this.processing.log.end) < 0;
  }

  #afterRun(): boolean {
    this.#watch = undefined;
    const time = this.#stored?.place.timestamp ?? 0;
    const gotOn = time > this.#timeAtStart;
    this.#timeAtStart = time;
    return gotOn;
  }

  readonly #progress = {
    reached: ({ position, timestamp }: LogMark): void => {
      if (comparePositions(position, this.#reached) > 0) this.#going.gotOn();
      this.#reached = position;
      // 0: nothing was read before, and the first read will tell.
      this.#behindSince = this.#isBehind() && timestamp > 0 ? timestamp : undefined;
      this.#onReached();
    },
    stored: (checkpoint: ProcessingCheckpoint): void => {
      this.#stored = checkpoint;
    },
    delivered: (tally: BlockTally): void => this.talk.delivered(tally),
    opened: (watch: OutputWatch): void => {
      this.#watch = watch;
    },
  };
}
