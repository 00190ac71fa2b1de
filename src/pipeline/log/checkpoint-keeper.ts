import { oneAtATime, parseFilePosition, type FilePosition, type FileSink } from '../../sinks/index.js';

/** How far a pipeline came in its input, and how long its output files were then. */
export interface PipelineCheckpoint<Place> {
  /** Every event before it is out, and none behind it. */
  readonly place: Place;
  /** By path. What lies behind these positions was written for events that count as not processed. */
  readonly files: Readonly<Record<string, FilePosition>>;
  /** Who made it wrote nothing behind it: what lies there is somebody else's. */
  readonly ended: boolean;
}

/** Reads a stored checkpoint; undefined when it is none. */
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
  /** How long after an event is out its checkpoint is made, at most. */
  readonly intervalMs: number;
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
  /** How far back the files may still be cut once a checkpoint is stored, by path; default: to it. */
  readonly earliest?: (checkpoint: PipelineCheckpoint<Place>) => PipelineCheckpoint<Place>['files'];
  /** An output could not be synced, or the checkpoint not be stored. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Makes checkpoints while a pipeline runs: the outputs are on the medium before the checkpoint that speaks of them is. Many
 * blocks share one checkpoint.
 */
export class CheckpointKeeper<Place> {
  #reached: PipelineCheckpoint<Place> | undefined;
  #stored: PipelineCheckpoint<Place> | undefined;
  #work: Promise<void> | undefined;
  readonly #making = oneAtATime();
  readonly #stop = new AbortController();

  constructor(private readonly options: CheckpointKeeperOptions<Place>) {}

  /**
   * Makes a checkpoint of how things stand before the first write: without one, whatever a crash leaves in the outputs would
   * count as there before.
   */
  async begin(place: Place): Promise<void> {
    this.#reached = this.#checkpointAt(place);
    await this.#make();
  }

  /** All events before `place` are out, and none behind it: called between two writes. */
  reached(place: Place): void {
    this.#reached = this.#checkpointAt(place);
    this.#work ??= this.#run();
  }

  /**
   * Makes a checkpoint at once, because the outputs are other files now: called between two writes.
   *
   * @param place all events before it are out, and none behind it
   */
  async renew(place: Place): Promise<void> {
    this.#reached = this.#checkpointAt(place);
    await this.#make();
  }

  /**
   * Makes the last checkpoint, and no more after it.
   *
   * @param ended nothing was written behind it; false after a write that failed, which may have left a part
   */
  async finish(ended: boolean): Promise<void> {
    this.#stop.abort();
    await this.#work;
    const last = this.#reached ?? this.#stored;
    // Nothing was written behind it, but a new file may have begun since.
    this.#reached = last && (ended ? { ...this.#checkpointAt(last.place), ended } : { ...last, ended });
    await this.#make();
  }

  /** Makes no more checkpoints: the outputs are in an unknown state. */
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

  /** One after the other: the last one that is stored must be the last one that was reached. */
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
