import type { BillableTokens, Nano } from '../money/index.js';
import type { Tags } from '../request/index.js';

/** Who an attempt was made for. The ledger stores these names without interpreting them. */
export interface Attribution {
  readonly pipeline: string;
  readonly stage: string;
  /** The event, or the occurrence in the input. */
  readonly event?: string | undefined;
  /** Absent: there are none, or the entry predates tags. */
  readonly tags?: Tags | undefined;
  /** Of a call that is a step of a cascade: which one, from 1, and the model that is asked last. */
  readonly cascade?: { readonly step: number; readonly last: string } | undefined;
}

/** The result of an attempt: its failure's code, or `answered`; {@link IN_DOUBT}: its process died. */
export type AttemptOutcome = string;

export const IN_DOUBT = 'in_doubt';

/**
 * How certain a cost is. `exact`: from the provider's usage. `estimated`: an answer without plausible usage. `unknown`: it may
 * have been billed, and no answer says so.
 */
export type Billing = 'exact' | 'estimated' | 'unknown';

/** One HTTP attempt. Money is in nano-dollars; null: the model has no known price. */
export interface LedgerEntry extends Attribution {
  /** Sorts by time. */
  readonly id: string;
  /** When it was sent, milliseconds since the epoch. */
  readonly time: number;
  /** The call that it belongs to, by its key in the journal. */
  readonly call: string;
  /** 1 for the first attempt of its call. */
  readonly attempt: number;
  readonly provider: string;
  readonly model: string;
  /** `batch`: it was a request of a batch, at its price. Absent: it was sent by itself. */
  readonly lane?: 'batch' | undefined;
  /** The most that it could cost when it was sent. */
  readonly worst: Nano | null;
  /** Undefined while it is under way. */
  readonly end?: AttemptEnd | undefined;
}

export interface AttemptEnd {
  readonly outcome: AttemptOutcome;
  readonly billing: Billing;
  /** 0 if `unknown`; see `bound`. */
  readonly cost: Nano | null;
  /** The most that may have been billed; with exact billing, the cost. */
  readonly bound: Nano | null;
  readonly servedModel?: string | undefined;
  readonly requestId?: string | undefined;
  readonly status?: number | undefined;
  readonly tokens?: BillableTokens | undefined;
  /** As the provider sent it. */
  readonly rawUsage?: unknown;
  readonly latencyMs?: number | undefined;
  /**
   * Of the answer that ends the first step of a cascade: what the last model would have taken for its tokens. Null: that is not
   * known.
   */
  readonly instead?: Nano | null | undefined;
}

/** The stored form: JSON has no bigint. */
interface StoredEntry extends Omit<LedgerEntry, 'worst' | 'end'> {
  readonly worst: string | null;
  readonly end?: StoredEnd;
}

interface StoredEnd extends Omit<AttemptEnd, 'cost' | 'bound' | 'instead'> {
  readonly cost: string | null;
  readonly bound: string | null;
  readonly instead?: string | null;
}

export function printEntry(entry: LedgerEntry): string {
  const { worst, end, ...rest } = entry;
  const stored: StoredEntry = {
    ...rest,
    worst: print(worst),
    ...(end !== undefined && { end: printEnd(end) }),
  };
  return JSON.stringify(stored);
}

function printEnd({ instead, ...end }: AttemptEnd): StoredEnd {
  return {
    ...end,
    cost: print(end.cost),
    bound: print(end.bound),
    ...(instead !== undefined && { instead: print(instead) }),
  };
}

function parseEnd({ instead, ...end }: StoredEnd): AttemptEnd {
  return {
    ...end,
    cost: parse(end.cost),
    bound: parse(end.bound),
    ...(instead !== undefined && { instead: parse(instead) }),
  };
}

export function parseEntry(text: string): LedgerEntry {
  const { worst, end, ...rest } = JSON.parse(text) as StoredEntry;
  return {
    ...rest,
    worst: parse(worst),
    ...(end !== undefined && { end: parseEnd(end) }),
  };
}

function print(amount: Nano | null): string | null {
  return amount === null ? null : amount.toString();
}

function parse(amount: string | null): Nano | null {
  return amount === null ? null : BigInt(amount);
}
