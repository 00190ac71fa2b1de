import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isUnsent, reservationOf, type BatchRecord } from '../batch-store/index.js';
import type { Books } from '../books/index.js';
import { paidIn } from '../journal/index.js';
import { IN_DOUBT, parseEntry, type AttemptEnd, type LedgerEntry } from '../ledger/index.js';
import { showAmount, type Nano } from '../money/index.js';
import type { AiWorld } from '../ai-world.js';
import { attemptOf } from './batch-attempt.js';
import type { Notice } from './options.js';

export interface BatchEndingsOptions {
  readonly books: Books;
  readonly world: AiWorld;
  readonly folder: string;
  /** How long closed batches are kept, in milliseconds. */
  readonly ttlMs: number;
  readonly notify: (notice: Notice) => void;
  readonly booked: (entry: LedgerEntry) => void;
}

/** Returns the folder of the files of batches. */
export function batchesIn(stateFolder: string): string {
  return join(stateFolder, 'batches');
}

/** Returns the path of a batch's request file. */
export function spoolOf(folder: string, id: string): string {
  return join(folder, `${id}.jsonl`);
}

/** Returns the path of the file of a batch's results. */
export function resultsOf(folder: string, id: string): string {
  return join(folder, `${id}.results.jsonl`);
}

/** Ends batches in the books. A batch is closed first, by one process alone; only then is anything of it removed. */
export class BatchEndings {
  readonly #options: BatchEndingsOptions;

  constructor(options: BatchEndingsOptions) {
    this.#options = options;
  }

  /** Drops what dead processes did not send, removes what closed batches do not need any more, and forgets old ones. */
  async upkeep(): Promise<void> {
    const { books, world, ttlMs } = this.#options;
    const store = books.batches();
    for await (const record of store.all()) {
      if (record.state === 'closed') {
        if (record.tidied !== true) await this.#tidy(record);
        else if (record.createdAt < world.now() - ttlMs) await this.#forget(record);
      } else if (isUnsent(record) && record.owner !== books.owner) {
        if (await books.isGone(record.owner, record.createdAt))
          await this.drop(record, 'its process ended before it was sent');
      }
    }
  }

  /**
   * Closes a batch.
   *
   * @param end what it cost, what the budget is charged (the cost, and the worst case of what is in doubt), and how many of its
   *   requests have no answer
   * @returns false if another process has changed the batch: then nothing is done
   */
  async close(
    record: BatchRecord,
    outcome: string,
    { cost, charge, unanswered }: { readonly cost: Nano; readonly charge: Nano; readonly unanswered: number },
  ): Promise<boolean> {
    const amounts = { cost: cost.toString(), charge: charge.toString() };
    const closed = await this.#options.books
      .batches()
      .change(record, { state: 'closed', outcome, unanswered, ...amounts, done: record.rows });
    if (closed !== undefined) await this.#tidy(closed);
    return closed !== undefined;
  }

  /** Drops a batch that the provider never accepted. Its requests are free again. @returns as {@link close} does */
  async drop(record: BatchRecord, outcome: string): Promise<boolean> {
    return await this.close(record, outcome, { cost: 0n, charge: 0n, unanswered: record.rows });
  }

  /**
   * Drops a batch that the provider refuses for what is in it. Its requests are given back like those that it fails at.
   *
   * @param live whether they go into no further batch
   * @returns as {@link close} does
   */
  async giveBack(record: BatchRecord, outcome: string, live: boolean): Promise<boolean> {
    const { books, world } = this.#options;
    const { journal } = books;
    // The journal comes first: if this process dies in between, nothing of the batch is sent any more.
    for (let index = 0; index < record.rows; index += 1) {
      const row = await books.batches().row(record.id, index);
      const found = row && (await journal.get(row.key));
      if (row === undefined || found === undefined) continue;
      const { state } = found.record;
      if (state.kind !== 'batched' || state.batch !== record.id) continue;
      const { tries, kept, doubt } = state;
      const returned = { kind: 'returned', tries, live, kept, doubt } as const;
      await journal.claim(row.key, { ...found.record, time: world.now(), state: returned }, found);
    }
    return await this.drop(record, outcome);
  }

  /** Gives up a batch, whatever becomes of it. @returns false if another process is working on it */
  async giveUp(id: string, reason: string): Promise<boolean> {
    const { books } = this.#options;
    const record = await books.batches().get(id);
    if (record === undefined || record.state === 'closed') return true;
    const isAlone = record.state === 'submitted' || (await books.isGone(record.owner, record.createdAt));
    if (!isAlone) return false;
    return isUnsent(record) ? await this.drop(record, reason) : await this.lose(record, reason);
  }

  /**
   * Gives up a batch that the provider may have accepted and may bill. Each request of it that has no result is in doubt.
   *
   * @returns as {@link close} does
   */
  async lose(record: BatchRecord, reason: string): Promise<boolean> {
    const { books, notify } = this.#options;
    const owned = { state: 'fetching', owner: books.owner, lost: reason } as const;
    const mine = await books.batches().change(record, owned);
    if (mine === undefined) return false;
    const sum = { cost: 0n, charge: 0n, doubtful: 0n, unanswered: 0 };
    for (let index = 0; index < mine.rows; index += 1) {
      const end = await this.#endOfLost(mine, index);
      const bound = end?.bound ?? 0n;
      sum.cost += end?.cost ?? 0n;
      sum.charge += bound;
      if (end?.billing !== 'unknown') continue;
      sum.doubtful += bound;
      sum.unanswered += 1;
    }
    if (!(await this.close(mine, `in doubt: ${reason}`, sum))) return false;
    const most = mine.worst === null ? '' : `, at most ${showAmount(sum.doubtful)}`;
    const message = `batch ${mine.id} (${mine.remote ?? mine.tag}) is in doubt: ${reason}. It may be billed${most}`;
    notify({ kind: 'in-doubt', message });
    return true;
  }

  /** Books a request of a lost batch, unless it is booked. @returns its end; undefined: it was never in the file */
  async #endOfLost(record: BatchRecord, index: number): Promise<AttemptEnd | undefined> {
    const { books, world, booked } = this.#options;
    const row = await books.batches().row(record.id, index);
    if (row === undefined) return undefined;
    const entry = attemptOf(record, index, row);
    const known = await books.ledger.get(entry.id);
    if (known?.end !== undefined) return known.end;
    const found = await books.journal.get(row.key);
    const state = found?.record.state;
    const paid = state && paidIn(state);
    // A process died between the two books.
    const end: AttemptEnd = (paid?.attempt === entry.id ? parseEntry(paid.entry).end : undefined) ?? {
      outcome: IN_DOUBT,
      billing: 'unknown',
      cost: 0n,
      bound: entry.worst,
    };
    if (found !== undefined && state?.kind === 'batched' && state.batch === record.id) {
      const { tries, kept } = state;
      const cut = { kind: 'cut', attempt: entry.id, worst: entry.worst, tries, kept } as const;
      await books.journal.put(row.key, { ...found.record, time: world.now(), state: cut });
    } else if (paid?.attempt !== entry.id && !(state?.kind === 'cut' && state.attempt === entry.id)) {
      return undefined;
    }
    await books.ledger.close(entry, end);
    booked({ ...entry, end });
    return end;
  }

  /** Removes what a closed batch no longer needs. May be repeated. */
  async #tidy(record: BatchRecord): Promise<void> {
    const { books, folder } = this.#options;
    const { id, charge = '0' } = record;
    await books.budget.settle(reservationOf(id), BigInt(charge));
    await books.batches().removeRows(id);
    await rm(spoolOf(folder, id), { force: true });
    await rm(resultsOf(folder, id), { force: true });
    await books.batches().change(record, { tidied: true });
  }

  async #forget({ id }: BatchRecord): Promise<void> {
    const store = this.#options.books.batches();
    await store.removeRows(id);
    await store.remove(id);
  }
}
