import type { Claim, KeyIndex } from '../keys/key-index.js';
import type { AppendBatch } from './append-batch.js';

/** A record that has a key: stored, or on its way in a batch. */
export interface KeyHolder {
  readonly id: string;
  /** What the key stands for; undefined: anything. */
  readonly fingerprint: string | undefined;
  readonly batch: AppendBatch | undefined;
}

/** Knows which keys are taken: those of stored records, and those of records that are waiting for the disk. */
export class KeyGate {
  readonly #index: KeyIndex;
  readonly #waiting = new Map<string, KeyHolder>();

  constructor(index: KeyIndex) {
    this.#index = index;
  }

  holderOf(hash: string): KeyHolder | undefined {
    const waiting = this.#waiting.get(hash);
    if (waiting !== undefined) return waiting;
    const claim = this.#index.find(hash);
    return claim && { id: claim.id, fingerprint: claim.fingerprint, batch: undefined };
  }

  /** Notes that a record in the batch has the key. */
  take(batch: AppendBatch, claim: Claim): void {
    batch.claims.push(claim);
    this.#waiting.set(claim.hash, { id: claim.id, fingerprint: claim.fingerprint, batch });
  }

  /**
   * Stores the batch after noting its keys; if that fails, withdraws them.
   *
   * @param check throws when nothing may be noted or stored now
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
