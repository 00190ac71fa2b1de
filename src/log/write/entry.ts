import type { LogPosition } from '../format/position.js';

/** The data to store. The log adds the timestamp, id and crc. */
export interface LogEntry {
  /** One JSON value without a line break, as text or as UTF-8. The log does not parse it. */
  readonly data: string | Uint8Array;
  /** One JSON object without a line break. */
  readonly metadata: string;
  /** The record's id, if it already has one; otherwise the log assigns one. Printable ASCII without `"` and `\`. */
  readonly id?: string;
  /** An idempotency key: the entry is stored only if no stored record has the key. */
  readonly key?: string;
  /**
   * What the key stands for: if a stored record has the key with another fingerprint, the entry is not stored and is reported as
   * a conflict. Printable ASCII without spaces, `:` and `;`.
   */
  readonly fingerprint?: string;
}

/** The result of an append, once its entries are durable. */
export interface Receipt {
  /** One id per entry: its own, or that of the stored record with the same key. Those of `LogLines` are not listed. */
  readonly ids: readonly string[];
  /** The number of records stored: all entries except those whose key was known. */
  readonly stored: number;
  /** The indexes of entries that are not stored because their key stands for something else. */
  readonly conflicts: readonly number[];
  /** The timestamp of the stored records, in milliseconds since the epoch. */
  readonly timestamp: number;
  /** The position before the first stored record. */
  readonly position: LogPosition;
  /** The position behind the last stored record. */
  readonly nextPosition: LogPosition;
}
