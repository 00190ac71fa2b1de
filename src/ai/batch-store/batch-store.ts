import type { Attribution } from '../ledger/index.js';
import type { Nano } from '../money/index.js';
import type { Owner } from '../owner/index.js';
import { remover, type Store } from '../store/index.js';

/**
 * The state of a batch. Each state is written before the next step is taken:
 *
 * - `gathering`: its process adds requests. If that process dies, nothing was sent.
 * - `sealed`: its file is complete, and its worst case is reserved. If its process dies, nothing was sent either.
 * - `submitting`: it is being sent. A process that finds it in this state asks the provider whether it arrived.
 * - `submitted`: the provider has it.
 * - `fetching`: its results are being read and booked.
 * - `closed`: it is finished.
 */
export type BatchState = 'gathering' | 'sealed' | 'submitting' | 'submitted' | 'fetching' | 'closed';

/** How many times in a row something was not there, and since when, milliseconds since the epoch. */
export interface Misses {
  readonly times: number;
  readonly since: number;
}

/** Requests of a batch that have no result, and their worst case: nano-dollars, as text; null: no price is known. */
export type Unanswered = Pick<BatchRecord, 'rows' | 'worst'>;

export interface BatchRecord {
  /** Sorts by time. */
  readonly id: string;
  readonly state: BatchState;
  /** The prefix of its custom ids, by which it is found at the provider. */
  readonly tag: string;
  /** The process that works on it. Nothing but this process seals and sends it. */
  readonly owner: Owner;
  /** The provider's name in the config, the number of its key, and its address. */
  readonly provider: string;
  readonly lane: number;
  readonly baseUrl: string;
  /** The kind of the provider, and a mark of the key. Older records have neither. */
  readonly kind?: string | undefined;
  readonly key?: string | undefined;
  readonly pipeline: string;
  /** Older records do not have it. */
  readonly stage?: string | undefined;
  readonly model: string;
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The number of requests, which are numbered from 0. */
  readonly rows: number;
  readonly bytes: number;
  /** How many of its requests were in doubt when they went into it. Absent: none. */
  readonly repeated?: number | undefined;
  /** Nano-dollars, as text; null: no price is known. */
  readonly worst: string | null;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly submittingAt?: number | undefined;
  /** Since when it is not being sent any more, without a word on whether it arrived. */
  readonly unsureAt?: number | undefined;
  readonly submittedAt?: number | undefined;
  /** When what it has brought no answer to is asked live. */
  readonly deadlineAt?: number | undefined;
  readonly uploaded?: string | undefined;
  /** The provider's id for it. */
  readonly remote?: string | undefined;
  readonly done: number;
  /** The provider does not know it any more, or not all files of its results. */
  readonly missed?: Misses | undefined;
  readonly filesMissed?: Misses | undefined;
  /** Once some of its results are booked: what has none yet. */
  readonly waiting?: Unanswered | undefined;
  /** Why it is being given up. */
  readonly lost?: string | undefined;
  readonly cancelled?: boolean | undefined;
  /** How it ended, for people. */
  readonly outcome?: string | undefined;
  /** Once it is closed: how many of its requests it has brought no answer to. Older records do not have it. */
  readonly unanswered?: number | undefined;
  /** What it cost, as far as it is booked, in nano-dollars as text. */
  readonly cost?: string | undefined;
  /** What the budget is charged for it: the cost, and the worst case of what is in doubt or has no result yet. Nano-dollars, as text. */
  readonly charge?: string | undefined;
  /** It is closed, and its rows, files and reservation are removed. */
  readonly tidied?: boolean | undefined;
}

/** One request of a batch. */
export interface BatchRow {
  /** The key of its call in the journal. */
  readonly key: string;
  /** Hash of call and body, which its custom id carries. */
  readonly hash: string;
  readonly attribution: Attribution;
  readonly maxOutputTokens: number;
  /** Set if it asks for the vectors of so many texts, as a list or of one. */
  readonly vectors?: { readonly texts: number; readonly many: boolean } | undefined;
  /** Nano-dollars, as text. */
  readonly worst: string | null;
}

export interface BatchStore {
  get(id: string): Promise<BatchRecord | undefined>;
  add(record: BatchRecord): Promise<void>;
  /**
   * Changes a record if nobody has changed it since it was read.
   *
   * @returns the changed record; undefined if another process was faster
   */
  change(record: BatchRecord, changes: Partial<BatchRecord>): Promise<BatchRecord | undefined>;
  /** In the order of their creation. */
  all(): AsyncIterable<BatchRecord>;
  putRow(id: string, index: number, row: BatchRow): Promise<void>;
  row(id: string, index: number): Promise<BatchRow | undefined>;
  removeRows(id: string): Promise<void>;
  remove(id: string): Promise<void>;
}

const RESERVED = 'batch-';
const DIGITS = 7;

/** Returns the id of a batch's reservation in the budget. */
export function reservationOf(id: string): string {
  return `${RESERVED}${id}`;
}

/** Returns the id of the batch that a reservation is for; undefined if it is for none. */
export function batchOf(reservation: string): string | undefined {
  return reservation.startsWith(RESERVED) ? reservation.slice(RESERVED.length) : undefined;
}

/** Whether nothing of a batch was sent, but perhaps its file. */
export function isUnsent({ state }: BatchRecord): boolean {
  return state === 'gathering' || state === 'sealed';
}

/** What a batch that has not ended has brought no result to yet. */
export function unansweredIn({ rows, worst, waiting = { rows, worst } }: BatchRecord): Unanswered {
  return waiting;
}

/** The batches that a provider has, or may have, in the order of their creation. */
export async function* outIn(store: BatchStore): AsyncGenerator<BatchRecord> {
  for await (const record of store.all()) if (record.state !== 'closed' && !isUnsent(record)) yield record;
}

/** Parses an amount of a record. */
export function amountOf(worst: string | null): Nano | null {
  return worst === null ? null : BigInt(worst);
}

export function createBatchStore(store: Store): BatchStore {
  const rowKey = (id: string, index: number): string => `r/${id}/${String(index).padStart(DIGITS, '0')}`;
  const recordKey = (id: string): string => `b/${id}`;
  return {
    async get(id) {
      const found = await store.get(recordKey(id));
      return found && (JSON.parse(found.value) as BatchRecord);
    },
    add: (record) => store.put(recordKey(record.id), JSON.stringify(record)),
    async change(record, changes) {
      const found = await store.get(recordKey(record.id));
      if (found?.value !== JSON.stringify(record)) return undefined;
      const text = JSON.stringify({ ...record, ...changes });
      const changed = await store.compareAndSet(recordKey(record.id), text, found.revision);
      return changed ? (JSON.parse(text) as BatchRecord) : undefined;
    },
    async *all() {
      for await (const { value } of store.scan({ from: 'b/', to: 'b0' })) yield JSON.parse(value) as BatchRecord;
    },
    putRow: (id, index, row) => store.put(rowKey(id, index), JSON.stringify(row)),
    async row(id, index) {
      const found = await store.get(rowKey(id, index));
      return found && (JSON.parse(found.value) as BatchRow);
    },
    async removeRows(id) {
      const old = remover(store);
      for await (const { key } of store.scan({ from: `r/${id}/`, to: `r/${id}0` })) await old.remove(key);
      await old.finish();
    },
    remove: (id) => store.remove(recordKey(id)),
  };
}
