import type { Config } from '../config/index.js';
import type { Sink } from '../sinks/index.js';

/** The messages of a job for the user who waits for it. */
export interface PersonTalk {
  /** A sentence. */
  readonly notice: (message: string) => void;
  /** Takes lines for the user to read: failed events that no file takes. */
  readonly letters: Sink;
}

export type LogFields = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/**
 * The daemon's own log on stderr, as JSON lines or as text. Secrets are masked. Of repeated lines only the first ones are
 * written, and how many there were.
 */
export interface Talk {
  /** For details of each event, shown only on request. Ask {@link admits} before each call. */
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  isDebug(): boolean;
  setLevel(level: LogLevel): void;
  /** Whether one more line of this kind may be written; otherwise it is counted. */
  admits(kind: string): boolean;
  /** Reports how much was left out since the last time. Call this every {@link FLOOD_SPAN_MS}. */
  turn(): void;
}

export type LogLevel = Config['logging']['level'];

export const FLOOD_SPAN_MS = 10_000;
