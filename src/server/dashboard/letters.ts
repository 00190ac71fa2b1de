/** A dead letter as shown to a person. Its keys are those of the answer. */
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
  /** Dead letters that can't be retried: they hold no event, or name no pipeline of the config. */
  readonly left: number;
  /** Dead letters that were retried before and are skipped. */
  readonly driven_before: number;
  /** Why it stopped before all dead letters were retried. */
  readonly stopped?: string;
}

/** The dead letters of a running daemon. */
export interface Letters {
  /** Returns the newest dead letters, newest first. */
  newest(limit: number): Promise<readonly LetterView[]>;
  /**
   * Retries all present dead letters that were not retried yet, each once, by sending them through their pipelines again.
   *
   * @throws HttpError 409 if a retry is already running
   */
  retryLetters(): Promise<RetryReport>;
}
