import { hash } from 'node:crypto';

/** 128 bits, so that keys of a log don't collide. */
const HASH_DIGITS = 32;

/** The stored form of a key: its hash, in hex. */
export function keyHash(key: string): string {
  return hash('sha256', key).slice(0, HASH_DIGITS);
}

/** The hash of a key, and the record that carries the key. */
export interface Claim {
  readonly hash: string;
  readonly id: string;
  /** The record's timestamp, in milliseconds since the epoch. */
  readonly timestamp: number;
  /** What the key stands for; undefined: whatever its record says. Printable ASCII without spaces, `:` and `;`. */
  readonly fingerprint?: string;
}

/** What was found of an index when it was opened. `noted`: the number of claims from which a table was rebuilt. */
export type KeysFound = { readonly kind: 'whole' } | { readonly kind: 'damaged' | 'none'; readonly noted: number };

/** Knows which idempotency keys the stored records have. */
export interface KeyIndex {
  readonly found: KeysFound;
  /** The stored record with this key. */
  find(hash: string): Claim | undefined;
  /**
   * Records claims before their records are stored: otherwise a crash could let a record be stored twice. The promise resolves
   * when the claims are durable. After a crash before the records are stored, {@link unsettled} returns the claims. One call at a
   * time.
   */
  claim(claims: readonly Claim[]): Promise<void>;
  /** Withdraws the last claims, whose records were not stored. Never fails; what can't be done now is done later. */
  withdraw(claims: readonly Claim[]): Promise<void>;
  /** The last claims made, and all claims of records from `since` on: their records may be missing. */
  unsettled(since: number): Claim[];
  /** Removes claims whose records do not exist. */
  drop(claims: readonly Claim[]): Promise<void>;
  /** Removes the keys of records older than `timestamp`. */
  forgetBefore(timestamp: number): Promise<void>;
  /** Adds claims whose records are stored already. */
  take(claims: readonly Claim[]): Promise<void>;
  /** All claims, in batches. */
  all(): AsyncGenerator<readonly Claim[], void, void>;
  close(): Promise<void>;
}
