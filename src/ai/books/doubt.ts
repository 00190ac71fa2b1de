import type { Doubt, Found } from '../journal/index.js';
import type { Nano } from '../money/index.js';
import { IN_DOUBT } from '../ledger/index.js';
import { textOf, type Message } from '../request/index.js';
import { isUnsent } from '../batch-store/index.js';
import type { Books } from './books.js';

/**
 * A call that was under way when its process died, that was aborted, or that was in a batch without a certain result of it: it is
 * unknown whether it was answered and billed.
 */
export interface DoubtfulCall {
  readonly key: string;
  readonly pipeline: string;
  readonly stage: string;
  /** The event's id, or `#` and the number of the request among equal ones. */
  readonly event?: string | undefined;
  /** The text of its last message; undefined: it has none, or prompts are kept out of the journal. */
  readonly asked?: string | undefined;
  readonly provider?: string | undefined;
  readonly model: string;
  /** When it was sent, milliseconds since the epoch. */
  readonly time: number;
  /** The most that it can have cost; null: its model has no known price. */
  readonly atMost: Nano | null;
  /** Whether it was in a batch that brought no certain result of it. Otherwise it was sent by itself. */
  readonly isOfBatch: boolean;
}

/** How a call in the journal stands. `free`: it may be made (again), and nothing is in doubt. */
export type Standing =
  { readonly kind: 'under-way' | 'batched' | 'free' | 'ended' } | { readonly kind: 'doubtful'; readonly doubt: Doubt };

export async function standingOf(
  books: Pick<Books, 'ledger' | 'isGone' | 'batches'>,
  { record }: Found,
): Promise<Standing> {
  const { state, time } = record;
  switch (state.kind) {
    case 'ended':
      return { kind: 'ended' };
    case 'draft':
    case 'received':
      return { kind: 'free' };
    case 'returned':
      return restingOn(state.doubt);
    case 'batched':
      return (await isOpen(books, state.batch)) ? { kind: 'batched' } : restingOn(state.doubt);
    case 'cut': {
      const { attempt, worst, tries } = state;
      return restingOn({ attempt, worst, time, tries });
    }
    case 'open': {
      if (!(await books.isGone(state.owner, time))) return { kind: 'under-way' };
      const { attempt, worst, doubt } = state;
      const entry = await books.ledger.get(attempt);
      // No entry in the ledger: it was never sent. Ended otherwise: it failed, and the process died before retrying.
      const inDoubt = entry !== undefined && (entry.end === undefined || entry.end.outcome === IN_DOUBT);
      return restingOn(inDoubt ? { attempt, worst, time } : doubt);
    }
  }
}

/** How a call stands of which nothing is under way. */
function restingOn(doubt: Doubt | undefined): Standing {
  return doubt === undefined ? { kind: 'free' } : { kind: 'doubtful', doubt };
}

/** Whether a batch may still bring answers. One whose process ended before it sent it never will. */
async function isOpen({ batches, isGone }: Pick<Books, 'batches' | 'isGone'>, id: string): Promise<boolean> {
  const record = await batches().get(id);
  if (record === undefined || record.state === 'closed') return false;
  return !isUnsent(record) || !(await isGone(record.owner, record.createdAt));
}

/** All calls in doubt. */
export async function* doubtfulCalls(books: Books): AsyncGenerator<DoubtfulCall> {
  for await (const found of books.journal.all()) {
    const standing = await standingOf(books, found);
    if (standing.kind !== 'doubtful') continue;
    const { pipeline, stage, event, provider, model, request } = found.record;
    const { time, worst: atMost, tries } = standing.doubt;
    const common = { key: found.key, pipeline, stage, event, asked: askedIn(request), provider, model };
    yield { ...common, time, atMost, isOfBatch: tries !== undefined };
  }
}

/** What calls in doubt come to. */
export interface DoubtSum {
  readonly count: number;
  /** How many of these were in batches. */
  readonly ofBatches: number;
  readonly atMost: Nano;
  /** How many are not in the sum, because their model has no known price. */
  readonly unpriced: number;
}

/** @param pipeline whose calls are meant */
export async function doubtOf(books: Books, pipeline: string): Promise<DoubtSum> {
  let [count, ofBatches, atMost, unpriced] = [0, 0, 0n, 0];
  for await (const call of doubtfulCalls(books)) {
    if (call.pipeline !== pipeline) continue;
    count += 1;
    if (call.isOfBatch) ofBatches += 1;
    if (call.atMost === null) unpriced += 1;
    else atMost += call.atMost;
  }
  return { count, ofBatches, atMost, unpriced };
}

/** @param request as the journal keeps it */
function askedIn(request: Found['record']['request']): string | undefined {
  const { messages } = (request ?? {}) as { readonly messages?: readonly Message[] };
  const last = messages?.at(-1);
  const text = last === undefined ? '' : textOf(last);
  return text === '' ? undefined : text;
}
