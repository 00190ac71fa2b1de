/** A dead letter, for a person. Its keys are those of the answer. */
export interface LetterView {
  readonly pipeline: string;
  /** The event's; null where the input was no event. */
  readonly id: string | null;
  /** When the event came in, milliseconds since the epoch; null as above. */
  readonly timestamp: number | null;
  readonly retry_count: number;
  readonly kind: string;
  readonly message: string;
  readonly stage: string | null;
  /** Line and column in the stage's script; null for one that is JSON. */
  readonly at: string | null;
  /** The start of the event's data, or of what was no event. */
  readonly excerpt: string;
}

/** What became of dead letters that were driven again. */
export interface DriveReport {
  readonly input: number;
  readonly output: number;
  readonly filtered: number;
  readonly dead_lettered: number;
  /** Letters that can't be driven: they hold no event, or name no pipeline of the config. */
  readonly left: number;
  /** Letters that were driven at another time, and are passed over. */
  readonly driven_before: number;
  /** Why it ended before all were driven. */
  readonly stopped?: string;
}

/** The dead letters of a running daemon. */
export interface Letters {
  /** The newest, the newest first. */
  newest(limit: number): Promise<readonly LetterView[]>;
  /**
   * Sends all that are there now and were not driven again yet through their pipelines once more, each once.
   *
   * @throws HttpError 409 while that is under way already
   */
  driveAgain(): Promise<DriveReport>;
}
