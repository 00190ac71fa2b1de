import type { FileSink } from '../../sinks/index.js';
import { addCounts, noCounts, type Counts } from '../counts.js';
import { KeepGoing, type ProcessorState, type ProcessorTalk } from '../log/keep-going.js';
import type { BlockTally } from '../log/process-log.js';
import { processWork, type WorkProcessing } from './process-work.js';

export type { WorkProcessing } from './process-work.js';

/** Keeps one pipeline going over what a fleet has to do, until it is told to end. */
export class WorkProcessor {
  readonly pipeline: string;
  /** What became of the events that were done here since the start. */
  readonly counts: Counts = noCounts();
  #files: readonly FileSink[] = [];
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
      acknowledged: (events: number): void => void (this.#acknowledgedInRun += events),
      opened: (files: readonly FileSink[]): void => void (this.#files = files),
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

  start(): void {
    this.#going.start();
  }

  /** Does what the clock asks of the outputs while no events come. */
  async tend(): Promise<void> {
    for (const file of this.#files) await file.tend();
  }

  /** Finishes what is being worked on, and leaves the rest to others. */
  async stop(): Promise<void> {
    await this.#going.stop();
    await this.processing.queue.close();
  }

  #afterRun(): boolean {
    this.#files = [];
    const gotOn = this.#acknowledgedInRun > 0;
    this.#acknowledgedInRun = 0;
    return gotOn;
  }
}
