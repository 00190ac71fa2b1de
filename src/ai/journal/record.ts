import type { BillableTokens, Nano } from '../money/index.js';
import type { ProviderAnswer } from '../provider/index.js';
import type { Owner } from '../owner/index.js';

/** The totals of a call's attempts so far. */
export interface Tally {
  readonly attempts: number;
  /** As far as known; null: a model had no known price. */
  readonly cost: Nano | null;
  readonly tokens: BillableTokens;
  /** Milliseconds spent on attempts, without waiting. */
  readonly latencyMs: number;
}

/** A paid answer that one more attempt, or another provider, may repair. */
export type Draft = {
  readonly tally: Tally;
  /** Names of providers that are not called again for this call. */
  readonly passed?: readonly string[] | undefined;
} & (
  | { readonly kind: 'truncated'; readonly text?: string | undefined }
  | { readonly kind: 'invalid'; readonly text: string; readonly problem: string }
  /** One provider had no success: another is sent the same request. `code`, `message`: what the call fails with otherwise. */
  | { readonly kind: 'elsewhere'; readonly code: string; readonly message: string; readonly text?: string | undefined }
);

/** The final result of a call. */
export type Ending =
  | {
      readonly kind: 'answered';
      readonly provider: string;
      readonly model: string;
      readonly text: string;
      /** The provider's word for how the answer ended; null if it had none. */
      readonly finish?: string | null | undefined;
      /** Its parts besides the text, as JSON text, because they may contain anything. */
      readonly parts?: string | undefined;
      readonly tally: Tally;
    }
  /** A paid answer that is not a success. */
  | {
      readonly kind: 'failed';
      readonly code: string;
      readonly message: string;
      readonly provider: string;
      readonly model?: string | undefined;
      /** Its text, if it has one anyway. */
      readonly text?: string | undefined;
      readonly finish?: string | undefined;
      readonly tally: Tally;
    };

/** An attempt that may have been answered and billed, though its answer is not known. */
export interface Doubt {
  readonly attempt: string;
  /** Null: its model has no known price. */
  readonly worst: Nano | null;
  /** When it was sent, or given up, milliseconds since the epoch. */
  readonly time: number;
  /** Batches that its call was in, if it was a request of one. Absent: it was sent by itself. */
  readonly tries?: number | undefined;
}

/**
 * The state of a call. `doubt`: an earlier attempt that is in doubt as long as no answer comes, and no later attempt is in doubt
 * in its place.
 */
export type CallState =
  /** Under way, or interrupted by the end of its owner. */
  | {
      readonly kind: 'open';
      /** The attempt that was sent last; empty: none since the call was claimed, or since the draft that it has kept. */
      readonly attempt: string;
      readonly owner: Owner;
      readonly worst: Nano | null;
      readonly kept?: KeptDraft | undefined;
      readonly doubt?: Doubt | undefined;
    }
  /** This process aborted the call while it was under way: it is unknown whether it was answered. */
  | {
      readonly kind: 'cut';
      readonly attempt: string;
      readonly worst: Nano | null;
      /** The part of its answer that had arrived. */
      readonly partial?: string | undefined;
      readonly kept?: KeptDraft | undefined;
      /** Batches that it was in. Absent: it was sent by itself. */
      readonly tries?: number | undefined;
    }
  /** In a batch, or in one that was given up: see its record. `tries`: batches that it was in, this one included. */
  | {
      readonly kind: 'batched';
      readonly batch: string;
      readonly tries: number;
      readonly kept?: KeptDraft | undefined;
      readonly doubt?: Doubt | undefined;
    }
  /** A batch has ended without an answer to it, and without a bill. `live`: a further batch would not bring one. */
  | {
      readonly kind: 'returned';
      readonly tries: number;
      readonly live: boolean;
      readonly kept?: KeptDraft | undefined;
      readonly doubt?: Doubt | undefined;
    }
  /** A batch has brought it, and nobody has looked yet what it is worth. */
  | { readonly kind: 'received'; readonly received: ReceivedAnswer; readonly kept?: KeptDraft | undefined }
  /** Stopped between two attempts. */
  | { readonly kind: 'draft'; readonly kept: KeptDraft }
  | { readonly kind: 'ended'; readonly ending: Ending; readonly paid: PaidAttempt };

/** An answer that was paid for. */
export interface ReceivedAnswer {
  readonly provider: string;
  readonly answer: ProviderAnswer;
  /** How many attempts the call has made so far. */
  readonly attempts: number;
  /** Null: the model has no known price. */
  readonly cost: Nano | null;
  readonly latencyMs: number;
  readonly paid: PaidAttempt;
}

export interface KeptDraft {
  readonly draft: Draft;
  readonly paid: PaidAttempt;
}

/** The attempt that brought an answer: after a crash, the ledger is corrected from this. */
export interface PaidAttempt {
  readonly attempt: string;
  /** The ledger's entry, in its stored form. */
  readonly entry: string;
}

/** The journal's record of a call. */
export interface CallRecord {
  readonly pipeline: string;
  readonly stage: string;
  readonly event?: string | undefined;
  readonly model: string;
  readonly provider?: string | undefined;
  /** Time of the last change, milliseconds since the epoch; of an interrupted call, when its last attempt began. */
  readonly time: number;
  /** The request, unless prompts are kept out of the journal. */
  readonly request?: Readonly<Record<string, unknown>> | undefined;
  readonly state: CallState;
}

/** Amounts of money become texts; their key distinguishes them from an answer's text. */
export function printRecord({ state, ...rest }: CallRecord): string {
  // The request is the larger part, and has no amounts in it: to look at each of its values takes long.
  return `${JSON.stringify(rest).slice(0, -1)},"state":${JSON.stringify(state, amountAsText)}}`;
}

function amountAsText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? { nano: value.toString() } : value;
}

export function parseRecord(text: string): CallRecord {
  const record = JSON.parse(text) as CallRecord;
  // The request may contain anything and is not converted.
  revive(record.state);
  return record;
}

/** Makes amounts of texts again, in place: nobody else has what was just parsed. */
function revive(value: object): unknown {
  const entries = Object.entries(value) as [string, unknown][];
  const [only] = entries;
  if (entries.length === 1 && only?.[0] === 'nano') return BigInt(String(only[1]));
  for (const [key, inner] of entries) {
    if (typeof inner !== 'object' || inner === null) continue;
    const revived = revive(inner);
    if (revived !== inner) Object.defineProperty(value, key, { value: revived });
  }
  return value;
}
