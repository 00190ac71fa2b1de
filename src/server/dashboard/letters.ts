/** A dead letter, for a person. Its keys are those of the answer. */
export interface LetterView {
  readonly pipeline: string;
  /** The event's id; null when the input was not an event. */
  readonly id: string | null;
  /** When the event came in, milliseconds since the epoch; null as above. */
  readonly timestamp: number | null;
  readonly retry_count: number;
  readonly kind: string;
  readonly message: string;
  readonly stage: string | null;
  /** Line and column in the stage's script; null for a script in JSON. */
  readonly at: string | null;
  /** The start of the event's data, or of the input that was not an event. */
  readonly excerpt: string;
}

/** The result of retrying dead letters. */
export interface RetryReport {
  readonly input: number;
  readonly output: number;
  readonly filtered: number;
  readonly dead_lettered: number;
  /** Letters that can't be retried: they hold no event, or name no pipeline of the config. */
  readonly left: number;
  /** Letters that were retried before and are skipped. */
  readonly driven_before: number;
  /** Why it stopped before all letters were retried. */
  readonly stopped?: string;
}

/** The dead letters of a running daemon. */
export interface Letters {
  /** The newest ones, newest first. */
  newest(limit: number): Promise<readonly LetterView[]>;
  /**
   * Sends all present letters that were not retried yet through their pipelines again, each once.
   *
   * @throws HttpError 409 while this is already under way
   */
  driveAgain(): Promise<RetryReport>;
}
