import type { KeyHasher } from '../keys/key-hasher.js';
import type { Claim, KeyIndex } from '../keys/key-index.js';
import type { AppendBatch } from './append-batch.js';

/** A record that has a key: already stored, or waiting in a batch. */
export interface KeyHolder {
  readonly id: string;
  /** What the key stands for; undefined: anything. */
  readonly fingerprint: string | undefined;
  readonly batch: AppendBatch | undefined;
}

/** What is known of a key. */
export interface KeyLook {
  /** The stored forms of the key and of what it stands for. */
  readonly hash: string;
  readonly fingerprint?: string;
  readonly holder: KeyHolder | undefined;
  /** Whether the holder's key stands for something else. */
  readonly conflicts: boolean;
}

/** Knows which keys are taken: those of stored records, and those of records that wait for the disk. */
export class KeyGate {
  readonly #index: KeyIndex;
  readonly #hasher: KeyHasher;
  readonly #waiting = new Map<string, KeyHolder>();

  constructor(index: KeyIndex, hasher: KeyHasher) {
    this.#index = index;
    this.#hasher = hasher;
  }

  /** Looks up a key. @param fingerprint of what it stands for */
  find(key: string, fingerprint: string | undefined): KeyLook {
    const hash = this.#hasher.hash(key);
    const stored = fingerprint === undefined ? undefined : this.#hasher.fingerprint(fingerprint);
    const holder = this.#holderOf(hash);
    const look = { hash, ...(stored !== undefined && { fingerprint: stored }) };
    if (holder !== undefined) return { ...look, holder, conflicts: isAnother(stored, holder.fingerprint) };
    const formerHash = this.#hasher.formerHash(key);
    const former = formerHash === undefined ? undefined : this.#holderOf(formerHash);
    return { ...look, holder: former, conflicts: isAnother(fingerprint, former?.fingerprint) };
  }

  #holderOf(hash: string): KeyHolder | undefined {
    const waiting = this.#waiting.get(hash);
    if (waiting !== undefined) return waiting;
    const claim = this.#index.find(hash);
    return claim && { id: claim.id, fingerprint: claim.fingerprint, batch: undefined };
  }

  /** Registers a key for a record in the batch. */
  take(batch: AppendBatch, claim: Claim): void {
    batch.claims.push(claim);
    this.#waiting.set(claim.hash, { id: claim.id, fingerprint: claim.fingerprint, batch });
  }

  /**
   * Claims the batch's keys and then stores the batch; if that fails, withdraws the claims.
   *
   * @param check throws if nothing may be claimed or stored now
   */
  async around<T>(batch: AppendBatch, check: () => void, store: () => Promise<T>): Promise<T> {
    try {
      check();
      return batch.claims.length === 0 ? await store() : await this.#noting(batch.claims, store);
    } finally {
      for (const { hash } of batch.claims) this.#waiting.delete(hash);
    }
  }

  async #noting<T>(claims: readonly Claim[], store: () => Promise<T>): Promise<T> {
    try {
      await this.#index.claim(claims);
      return await store();
    } catch (error) {
      await this.#index.withdraw(claims);
      throw error;
    }
  }
}

function isAnother(fingerprint: string | undefined, known: string | undefined): boolean {
  return fingerprint !== undefined && known !== undefined && fingerprint !== known;
}
