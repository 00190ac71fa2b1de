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

/** Dead letters with one reason. Its keys are those of the answer. */
export interface LetterGroup {
  readonly pipeline: string;
  readonly stage: string | null;
  readonly kind: string;
  /** The message without the values in it. */
  readonly reason: string;
  readonly count: number;
  /** The newest of them. */
  readonly example: LetterView;
}

/** What was seen of the dead letters. Its keys are those of the answer. */
export interface LettersLook {
  /** The newest, newest first. */
  readonly letters: readonly LetterView[];
  /** The reasons, the most frequent first. */
  readonly groups: readonly LetterGroup[];
  /** How many letters the groups count. */
  readonly looked: number;
  /** Whether these are all; else, the newest of each file. */
  readonly whole: boolean;
}

/** What retrying the dead letters would do. Its keys are those of the answer. */
export interface RetryPreview {
  readonly pipelines: readonly {
    readonly pipeline: string;
    /** How many letters would go through it again. */
    readonly letters: number;
    readonly outputs: readonly string[];
    readonly asks_ai: boolean;
    /** Why they would not. */
    readonly refused?: string;
  }[];
  /** As in {@link RetryReport}. */
  readonly left: number;
  readonly driven_before: number;
  /** Whether there are more letters than were counted. */
  readonly more: boolean;
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
  look(): Promise<LettersLook>;
  /**
   * Says what {@link retryLetters} would do; changes nothing.
   *
   * @throws HttpError 409 if a retry is running
   */
  preview(): Promise<RetryPreview>;
  /**
   * Retries all present dead letters that were not retried yet, each once, by sending them through their pipelines again.
   *
   * @throws HttpError 409 if a retry is already running
   */
  retryLetters(): Promise<RetryReport>;
}
