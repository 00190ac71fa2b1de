import { addCounts, noCounts, type Counts } from '../counts.js';
import { drive, type OpenExecutor } from '../drive.js';
import type { BlockRunResult } from '../run-blocks.js';
import type { Tap } from '../tap.js';
import { KeepGoing, type ProcessorState, type ProcessorTalk } from './keep-going.js';
import { OutputWatch } from './output-watch.js';
import { holdOutputs, openSinks, releaseOutputs, type OpenSink, type OutputFinding } from './outputs.js';
import type { BlockTally, ProcessorReader } from './reader.js';

/** What a processor has to do. */
export interface Processing<Input extends ProcessorReader = ProcessorReader> {
  readonly pipeline: string;
  readonly reader: Input;
  /**
   * Starts an executor for stored events (`input: 'envelope'`). A failed executor is not reused.
   *
   * @param reading aborted when nothing more is read: what is not begun by then need not be
   */
  readonly openExecutor: (reading: AbortSignal) => OpenExecutor;
  readonly outputs: readonly OpenSink[];
  readonly deadLetters: OpenSink;
  /** Called when somebody else has renamed, removed or changed an output file. */
  readonly changed: (file: string, finding: OutputFinding) => void;
  readonly world: ProcessingWorld;
  /** Called before each block for the tap, if anybody watches the events. */
  readonly tap?: () => Tap | undefined;
}

export interface ProcessingWorld {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Keeps one pipeline processing a reader's events, through failures of disks and workers, until it is stopped. */
export class Processor<Input extends ProcessorReader = ProcessorReader> {
  readonly pipeline: string;
  readonly reader: Input;
  /** What became of the events that were processed here since the start. */
  readonly counts: Counts = noCounts();
  #watch: OutputWatch | undefined;
  #onReached = (): void => undefined;
  readonly #going: KeepGoing;

  constructor(
    private readonly processing: Processing<Input>,
    private readonly talk: ProcessorTalk,
  ) {
    this.pipeline = processing.pipeline;
    this.reader = processing.reader;
    this.#going = new KeepGoing({
      run: (signal) => this.#run(signal),
      onEnd: () => {
        this.#watch = undefined;
        return this.reader.gotOn();
      },
      onState: () => this.#onReached(),
      wait: processing.world.wait,
      talk,
    });
  }

  get state(): ProcessorState {
    return this.#going.state;
  }

  /** Before the start, locks the outputs against other processes until it has ended. @throws SinkError when one writes there */
  async hold(): Promise<void> {
    const { outputs, deadLetters } = this.processing;
    await holdOutputs([...outputs, deadLetters]);
  }

  start(): void {
    this.#going.start();
  }

  /** Does what is due by the clock for outputs while no events come: starts new files, removes old ones. */
  async tend(): Promise<void> {
    await this.#watch?.tend();
  }

  /** Checks whether somebody renamed, removed or changed an output. @throws SinkError */
  async checkOutputs(): Promise<void> {
    await this.#watch?.check();
  }

  /** Like {@link stop}, but first finishes everything that the reader has, if that takes no longer than the grace period. */
  async drain(graceMs: number): Promise<void> {
    // The cause of a recent failure may have been fixed since.
    this.#going.tryNow();
    const isDone = (): boolean => !this.#going.isAtWork || !this.reader.isBehind;
    const done = new AbortController();
    this.#onReached = () => isDone() && done.abort();
    this.#onReached();
    if (!done.signal.aborted) await this.processing.world.wait(graceMs, done.signal);
    await this.stop();
  }

  /** Finishes the work in progress, and records what is done. */
  async stop(): Promise<void> {
    await this.#going.stop();
    const { outputs, deadLetters } = this.processing;
    // If a file can't be restored now, the next start learns of it from the checkpoint.
    await releaseOutputs([...outputs, deadLetters]).catch((error: unknown) => this.talk.failed(error, 0));
    await this.reader.close();
  }

  async #run(signal: AbortSignal): Promise<BlockRunResult> {
    const { openExecutor, outputs, deadLetters, changed, world, tap } = this.processing;
    const reading = await this.reader.begin();
    const sinks = await openSinks(outputs, deadLetters, reading.known, changed);
    const stopping = new AbortController();
    const stop = (): void => stopping.abort();
    const isReading = AbortSignal.any([signal, stopping.signal]);
    const executor = openExecutor(isReading);
    const { blocks, keep, unordered, storedAt, renew } = reading.start({
      sinks,
      executor,
      signal: isReading,
      stop,
      delivered: (tally) => this.#delivered(tally),
      onReached: (isFurther) => {
        if (isFurther) this.#going.gotOn();
        this.#onReached();
      },
    });
    const watch = new OutputWatch({ files: sinks.files, tell: changed, onChange: renew });
    return drive({
      executor,
      blocks,
      unordered,
      now: world.now,
      ...(tap && { tap }),
      stopReading: stop,
      sinks: {
        ...sinks,
        async close() {
          for (const file of sinks.files) file.hurry();
          await sinks.close();
        },
      },
      onBefore: (stages) => this.talk.continued(stages),
      beforeWrite: () => watch.beforeBlock(),
      onDelivered: ({ resumeAt, ...tally }) => {
        watch.afterBlock();
        this.#delivered({ ...tally, storedAt: storedAt(resumeAt) });
      },
      keep: {
        ...keep,
        begin: async () => {
          await keep.begin?.();
          this.#watch = watch;
        },
        async finish(result) {
          await watch.check();
          return (await keep.finish?.(result)) ?? result;
        },
      },
    });
  }

  #delivered(tally: BlockTally): void {
    addCounts(this.counts, tally.counts);
    this.talk.delivered(tally);
  }
}
