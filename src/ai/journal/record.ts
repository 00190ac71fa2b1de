import type { BillableTokens, Nano } from '../money/index.js';
import type { Owner } from '../owner/index.js';

/** What the attempts of a call came to so far. */
export interface Tally {
  readonly attempts: number;
  /** As far as it is known; null: a model had no known price. */
  readonly cost: Nano | null;
  readonly tokens: BillableTokens;
  /** Milliseconds spent on attempts, waiting not counted. */
  readonly latencyMs: number;
}

/** An answer that was paid for and that one more attempt may mend. */
export type Draft =
  | { readonly kind: 'truncated'; readonly tally: Tally }
  | { readonly kind: 'invalid'; readonly text: string; readonly problem: string; readonly tally: Tally };

/** How a call ended, for good. */
export type Ending =
  | {
      readonly kind: 'answered';
      readonly provider: string;
      readonly model: string;
      readonly text: string;
      readonly tally: Tally;
    }
  /** It was answered, and paid for, with something that is no success. */
  | {
      readonly kind: 'failed';
      readonly code: string;
      readonly message: string;
      readonly provider: string;
      readonly tally: Tally;
    };

export type CallState =
  /** Under way, or cut off by the end of its owner. */
  | {
      readonly kind: 'open';
      readonly attempt: string;
      readonly owner: Owner;
      readonly worst: Nano | null;
      readonly kept?: KeptDraft | undefined;
    }
  /** Given up by us while it was under way: nobody knows whether it was answered. */
  | {
      readonly kind: 'cut';
      readonly attempt: string;
      readonly worst: Nano | null;
      readonly kept?: KeptDraft | undefined;
    }
  /** Between two attempts. */
  | { readonly kind: 'draft'; readonly kept: KeptDraft }
  | { readonly kind: 'ended'; readonly ending: Ending; readonly paid: PaidAttempt };

export interface KeptDraft {
  readonly draft: Draft;
  readonly paid: PaidAttempt;
}

/** The attempt that an answer came from: should the process die now, the ledger is put right from this. */
export interface PaidAttempt {
  readonly attempt: string;
  /** The ledger's entry, as it prints it. */
  readonly entry: string;
}

/** What the journal holds of a call. */
export interface CallRecord {
  readonly pipeline: string;
  readonly stage: string;
  readonly event?: string | undefined;
  readonly model: string;
  readonly provider?: string | undefined;
  /** Milliseconds since the epoch, of the last change; of a call that was cut off, of its last attempt's begin. */
  readonly time: number;
  /** What was asked, unless prompts are kept out of the journal. */
  readonly request?: Readonly<Record<string, unknown>> | undefined;
  readonly state: CallState;
}

/** Amounts of money become texts that no answer's text can be mistaken for: they are told by their key. */
export function printRecord(record: CallRecord): string {
  return JSON.stringify(record, (_key, value: unknown) =>
    typeof value === 'bigint' ? { nano: value.toString() } : value,
  );
}

export function parseRecord(text: string): CallRecord {
  const { request, ...rest } = JSON.parse(text) as CallRecord;
  // What was asked may look like anything: it is left alone.
  const revived = revive(rest) as Omit<CallRecord, 'request'>;
  return { ...revived, ...(request !== undefined && { request }) };
}

function revive(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(revive);
  const entries = Object.entries(value);
  const [only] = entries;
  if (entries.length === 1 && only?.[0] === 'nano') return BigInt(String(only[1]));
  return Object.fromEntries(entries.map(([key, inner]) => [key, revive(inner)]));
}
