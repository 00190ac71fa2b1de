import { addCounts, noCounts, type Counts } from '../counts.js';
import { KeepGoing, type ProcessorState, type ProcessorTalk } from '../log/keep-going.js';
import type { OutputWatch } from '../log/output-watch.js';
import { holdOutputs, releaseOutputs } from '../log/process-log-outputs.js';
import type { BlockTally } from '../log/process-log.js';
import { processWork, type WorkProcessing } from './process-work.js';

export type { WorkProcessing } from './process-work.js';

/** Keeps one pipeline going over what a fleet has to do, until it is told to end. */
export class WorkProcessor {
  readonly pipeline: string;
  /** What became of the events that were done here since the start. */
  readonly counts: Counts = noCounts();
  #watch: OutputWatch | undefined;
  #acknowledgedInRun = 0;
  readonly #going: KeepGoing;

  constructor(
    private readonly processing: WorkProcessing,
    talk: ProcessorTalk,
  ) {
    this.pipeline = processing.pipeline;
    const progress = {
      delivered: (tally: BlockTally): void => {
        addCounts(this.counts, tally.counts);
        talk.delivered(tally);
      },
      acknowledged: (events: number): void => {
        this.#acknowledgedInRun += events;
        if (events > 0) this.#going.gotOn();
      },
      opened: (watch: OutputWatch): void => {
        this.#watch = watch;
      },
    };
    this.#going = new KeepGoing({
      run: (signal) => processWork(processing, progress, signal),
      onEnd: () => this.#afterRun(),
      onState: () => undefined,
      wait: processing.world.wait,
      talk,
    });
  }

  get state(): ProcessorState {
    return this.#going.state;
  }

  /** Before the start: keeps other processes from the outputs, until it has ended. @throws SinkError when one writes there */
  async hold(): Promise<void> {
    const { outputs, deadLetters } = this.processing;
    await holdOutputs([...outputs, deadLetters]);
  }

  start(): void {
    this.#going.start();
  }

  /** Does what the clock asks of the outputs while no events come. */
  async tend(): Promise<void> {
    await this.#watch?.tend();
  }

  /** Sees whether somebody renamed, removed or changed an output. @throws SinkError */
  async look(): Promise<void> {
    await this.#watch?.look();
  }

  /** Finishes what is being worked on, and leaves the rest to others. */
  async stop(): Promise<void> {
    await this.#going.stop();
    const { outputs, deadLetters, queue } = this.processing;
    await releaseOutputs([...outputs, deadLetters]);
    await queue.close();
  }

  #afterRun(): boolean {
    this.#watch = undefined;
    const gotOn = this.#acknowledgedInRun > 0;
    this.#acknowledgedInRun = 0;
    return gotOn;
  }
}
