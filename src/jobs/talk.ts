import type { Config } from '../config/index.js';
import type { Sink } from '../sinks/index.js';

/** What a job says to the person who waits for it. */
export interface PersonTalk {
  /** A sentence. */
  readonly notice: (message: string) => void;
  /** Takes lines for the person to read: failed events that no file takes. */
  readonly letters: Sink;
}

export type LogFields = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/**
 * What the daemon says of itself, on stderr: JSON lines, or lines for people. Secrets never show. Of lines that say the same
 * again and again the first are told, and how many there were.
 */
export interface Talk {
  /** Of each event: nobody sees it unless they asked for it. To be asked for leave with {@link admits}. */
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  isDebug(): boolean;
  setLevel(level: LogLevel): void;
  /** Whether one more of such things is to be told; those that are not are counted. */
  admits(kind: string): boolean;
  /** Tells how much was left out since the last time. To be called every {@link FLOOD_SPAN_MS}. */
  turn(): void;
}

export type LogLevel = Config['logging']['level'];

export const FLOOD_SPAN_MS = 10_000;
