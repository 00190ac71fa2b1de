import { remover, type KeyRange, type Store } from '../store/index.js';
import type { Dimension } from './dimensions.js';
import { parseEntry, printEntry, type AttemptEnd, type LedgerEntry } from './entry.js';
import { Groups, type Group } from './groups.js';

/** Milliseconds since the epoch, including `since`, excluding `until`. */
export interface Period {
  readonly since?: number | undefined;
  readonly until?: number | undefined;
}

/** Every HTTP attempt, including failed ones, until it is pruned. */
export interface Ledger {
  /** Call this before sending. */
  open(entry: LedgerEntry): Promise<void>;
  /**
   * Call this after the answer or failure.
   *
   * @param printed the entry with its end, where it was printed before
   */
  close(entry: LedgerEntry, end: AttemptEnd, printed?: string): Promise<void>;
  get(id: string): Promise<LedgerEntry | undefined>;
  entries(period?: Period): AsyncIterable<LedgerEntry>;
  /** Totals by each combination of these dimensions, in order of first attempt: see {@link Groups}. */
  totals(by: readonly Dimension[], timeZone: string, period?: Period): Promise<readonly Group[]>;
  /** Removes attempts before `time`; returns how many. */
  prune(time: number): Promise<number>;
}

/** Digits of a time in an id: enough for the next 250 years in milliseconds. */
const TIME_DIGITS = 13;

/** An id that sorts by time. `unique` makes it unique within a millisecond. */
export function attemptId(time: number, unique: string): string {
  return `${timeKey(time)}-${unique}`;
}

export function createLedger(store: Store): Ledger {
  async function* entries(period: Period = {}): AsyncGenerator<LedgerEntry> {
    for await (const { value } of store.scan(rangeOf(period))) yield parseEntry(value);
  }

  return {
    open: (entry) => store.put(entry.id, printEntry(entry)),
    close: (entry, end, printed = printEntry({ ...entry, end })) => store.put(entry.id, printed),
    async get(id) {
      const found = await store.get(id);
      return found && parseEntry(found.value);
    },
    entries,
    async totals(by, timeZone, period) {
      const groups = new Groups(by, timeZone);
      for await (const entry of entries(period)) groups.add(entry);
      return groups.all;
    },
    async prune(time) {
      const old = remover(store);
      let count = 0;
      for await (const { key } of store.scan({ to: timeKey(time) })) {
        await old.remove(key);
        count += 1;
      }
      await old.finish();
      return count;
    },
  };
}

function rangeOf({ since, until }: Period): KeyRange {
  return { ...(since !== undefined && { from: timeKey(since) }), ...(until !== undefined && { to: timeKey(until) }) };
}

function timeKey(time: number): string {
  return String(Math.max(0, Math.floor(time))).padStart(TIME_DIGITS, '0');
}
