import { oneAtATime, parseFilePosition, type FilePosition, type FileSink } from '../../sinks/index.js';

/** How far a pipeline got in its input, and how long its output files were then. */
export interface PipelineCheckpoint<Place> {
  /** Every event before it is out, and none after it. */
  readonly place: Place;
  /** By path. Data after these positions was written for events that count as not processed. */
  readonly files: Readonly<Record<string, FilePosition>>;
  /** Whether its writer wrote nothing after it: any later data belongs to somebody else. */
  readonly ended: boolean;
}

/** Parses a stored checkpoint; undefined if the value is not one. */
export function parseCheckpoint<Place>(
  value: unknown,
  parsePlace: (value: unknown) => Place | undefined,
): PipelineCheckpoint<Place> | undefined {
  if (typeof value !== 'object' || value === null || !('place' in value) || !('files' in value)) return undefined;
  const place = parsePlace(value.place);
  if (place === undefined || typeof value.files !== 'object' || value.files === null) return undefined;
  const files: Record<string, FilePosition> = {};
  for (const [path, position] of Object.entries(value.files)) {
    const parsed = parseFilePosition(position);
    if (parsed === undefined) return undefined;
    files[path] = parsed;
  }
  return { place, files, ended: 'ended' in value && value.ended === true };
}

export interface CheckpointKeeperOptions<Place> {
  readonly files: readonly FileSink[];
  /** Makes a checkpoint durable. */
  readonly store: (checkpoint: PipelineCheckpoint<Place>) => Promise<void>;
  /** The maximum delay between an event being out and its checkpoint. */
  readonly intervalMs: number;
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
  /** How far back the files may still be truncated once a checkpoint is stored, by path. Default: to the checkpoint. */
  readonly earliest?: (checkpoint: PipelineCheckpoint<Place>) => PipelineCheckpoint<Place>['files'];
  /** Called when an output can't be synced, or the checkpoint can't be stored. */
  readonly onFailure: (error: unknown) => void;
}

/** Makes checkpoints while a pipeline runs. The outputs are synced before a checkpoint refers to them. Many blocks share one checkpoint. */
export class CheckpointKeeper<Place> {
  #reached: PipelineCheckpoint<Place> | undefined;
  #stored: PipelineCheckpoint<Place> | undefined;
  #work: Promise<void> | undefined;
  readonly #making = oneAtATime();
  readonly #stop = new AbortController();

  constructor(private readonly options: CheckpointKeeperOptions<Place>) {}

  /**
   * Makes a checkpoint of the current state before the first write: without it, whatever a crash leaves in the outputs would
   * count as older data.
   */
  async begin(place: Place): Promise<void> {
    this.#reached = this.#checkpointAt(place);
    await this.#make();
  }

  /** Declares that all events before `place` are out, and none after it. Call it between two writes. */
  reached(place: Place): void {
    this.#reached = this.#checkpointAt(place);
    this.#work ??= this.#run();
  }

  /**
   * Makes a checkpoint at once, because the output files have changed. Call it between two writes.
   *
   * @param place all events before it are out, and none after it
   */
  async renew(place: Place): Promise<void> {
    this.#reached = this.#checkpointAt(place);
    await this.#make();
  }

  /**
   * Makes the last checkpoint.
   *
   * @param ended whether nothing was written after it; false after a failed write, which may have left a part
   */
  async finish(ended: boolean): Promise<void> {
    this.#stop.abort();
    await this.#work;
    const last = this.#reached ?? this.#stored;
    // Nothing was written after it, but a new file may have been started since.
    this.#reached = last && (ended ? { ...this.#checkpointAt(last.place), ended } : { ...last, ended });
    await this.#make();
  }

  /** Stops making checkpoints, because the outputs are in an unknown state. */
  async abandon(): Promise<void> {
    this.#reached = undefined;
    this.#stop.abort();
    await this.#work;
  }

  #checkpointAt(place: Place): PipelineCheckpoint<Place> {
    const files = Object.fromEntries(this.options.files.map((sink) => [sink.name, sink.position()]));
    return { place, files, ended: false };
  }

  async #run(): Promise<void> {
    const { intervalMs, wait, onFailure } = this.options;
    try {
      while (this.#reached !== undefined) {
        await wait(intervalMs, this.#stop.signal);
        await this.#make();
      }
    } catch (error) {
      this.#reached = undefined;
      this.#stored = undefined;
      onFailure(error);
    } finally {
      this.#work = undefined;
    }
  }

  /** One at a time, so that the last stored checkpoint is the last one that was reached. */
  #make(): Promise<void> {
    return this.#making(() => this.#makeOne());
  }

  async #makeOne(): Promise<void> {
    const checkpoint = this.#reached;
    this.#reached = undefined;
    if (checkpoint === undefined) return;
    const { files, store, earliest } = this.options;
    for (const sink of files) await sink.sync();
    await store(checkpoint);
    this.#stored = checkpoint;
    const settled = earliest?.(checkpoint) ?? checkpoint.files;
    for (const sink of files) {
      const position = settled[sink.name];
      if (position !== undefined) sink.settle(position);
    }
  }
}
