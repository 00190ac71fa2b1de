import { hash } from 'node:crypto';

/** 128 bits: no two keys of a log will ever share them. */
const HASH_DIGITS = 32;

/** A key as it is kept: its hash, in hex. */
export function keyHash(key: string): string {
  return hash('sha256', key).slice(0, HASH_DIGITS);
}

/** A key, by its hash, and the record that carries it. */
export interface Claim {
  readonly hash: string;
  readonly id: string;
  /** Of the record, milliseconds since the epoch. */
  readonly timestamp: number;
  /** What the key stands for; undefined: for whatever its record says. Printable ASCII without blanks, `:` and `;`. */
  readonly fingerprint?: string;
}

/** What was there of an index when it was opened. `noted`: claims that a table was made anew from. */
export type KeysFound = { readonly kind: 'whole' } | { readonly kind: 'damaged' | 'none'; readonly noted: number };

/** Which idempotency keys the stored records have. */
export interface KeyIndex {
  readonly found: KeysFound;
  /** The stored record with this key. */
  find(hash: string): Claim | undefined;
  /**
   * Notes keys before their records are stored: a record without its key would be stored again after a crash. The promise
   * resolves when the notes are durable. A crash before the records are stored leaves notes that {@link unsettled} gives.
   * One claim at a time.
   */
  claim(claims: readonly Claim[]): Promise<void>;
  /** Takes the notes of the last claim back: its records were not stored. Never fails; what can't be done now is done later. */
  withdraw(claims: readonly Claim[]): Promise<void>;
  /** The last claims that were noted, and all of records from `since` on: their records may be missing. */
  unsettled(since: number): Claim[];
  /** Forgets claims whose records are not there. */
  drop(claims: readonly Claim[]): Promise<void>;
  /** Forgets the keys of records older than `timestamp`. */
  forgetBefore(timestamp: number): Promise<void>;
  /** Takes claims over whose records are stored already. */
  take(claims: readonly Claim[]): Promise<void>;
  /** Every claim there is, some at a time. */
  all(): AsyncGenerator<readonly Claim[], void, void>;
  close(): Promise<void>;
}
