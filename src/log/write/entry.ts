import type { LogPosition } from '../format/position.js';

/** What is to be stored. The log adds timestamp, id and crc. */
export interface LogEntry {
  /** One JSON value without a line break, as text or as UTF-8. The log does not look into it. */
  readonly data: string | Uint8Array;
  /** One JSON object without a line break. */
  readonly metadata: string;
  /** The record's id, if it has one already; else the log makes one. Printable ASCII without `"` and `\`. */
  readonly id?: string;
  /** An idempotency key: the entry is stored only if no stored record has the key. */
  readonly key?: string;
  /**
   * What the key stands for: where a stored record has the key with another fingerprint, the entry is not stored, and told as
   * a conflict. Printable ASCII without blanks, `:` and `;`.
   */
  readonly fingerprint?: string;
}

/** What became of the entries of one append, once they are durable. */
export interface Receipt {
  /** An id for each entry: its own, or that of the stored record with its key. */
  readonly ids: readonly string[];
  /** Records stored: entries minus those whose key was known. */
  readonly stored: number;
  /** The places, in the order of the entries, of those that are not stored because their key stands for something else. */
  readonly conflicts: readonly number[];
  /** Of the stored records, milliseconds since the epoch. */
  readonly timestamp: number;
  /** Before the first stored record. */
  readonly position: LogPosition;
  /** Behind the last stored record. */
  readonly nextPosition: LogPosition;
}
