/** A batch of requests that has not ended, as shown to a person. Its keys are those of the answer. */
export interface BatchView {
  readonly id: string;
  readonly pipeline: string;
  /** Null for a batch that an older version began. */
  readonly stage: string | null;
  readonly provider: string;
  readonly model: string;
  readonly state: string;
  /** The number of its requests; null while they are being collected. */
  readonly rows: number | null;
  /** How many of them the provider has answered. */
  readonly done: number;
  /** When it was begun, milliseconds since the epoch. */
  readonly created: number;
  /** When what has no answer is asked live, milliseconds since the epoch; null: never, or not known yet. */
  readonly deadline: number | null;
  /** What it costs at most, in US dollars; null: not known. */
  readonly at_most: number | null;
}

/** The batches of a daemon that have not ended. Its keys are those of the answer. */
export interface BatchesLook {
  /** The newest, newest first. */
  readonly batches: readonly BatchView[];
  /** How many there are. */
  readonly open: number;
}
