import type { Found } from '../journal/index.js';
import type { Nano } from '../money/index.js';
import { IN_DOUBT } from '../ledger/index.js';
import { textOf, type Message } from '../request/index.js';
import { isUnsent } from '../batch-store/index.js';
import type { Books } from './books.js';

/** A call that was under way when its process died, or that was aborted: it is unknown whether it was answered and billed. */
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
}

/** The state of a call in the journal. */
export type JournaledState = 'under-way' | 'batched' | 'free' | 'doubtful' | 'ended';

/** `free`: it may be made (again), and nothing is in doubt. */
export async function standingOf(
  books: Pick<Books, 'ledger' | 'isGone' | 'batches'>,
  { record }: Found,
): Promise<JournaledState> {
  const { state } = record;
  switch (state.kind) {
    case 'ended':
      return 'ended';
    case 'draft':
    case 'received':
    case 'returned':
      return 'free';
    case 'batched':
      return (await isOpen(books, state.batch)) ? 'batched' : 'free';
    case 'cut':
      return 'doubtful';
    case 'open': {
      if (!(await books.isGone(state.owner, record.time))) return 'under-way';
      const entry = await books.ledger.get(state.attempt);
      // No entry in the ledger: it was never sent. Ended otherwise: it failed, and the process died before retrying.
      const inDoubt = entry !== undefined && (entry.end === undefined || entry.end.outcome === IN_DOUBT);
      return inDoubt ? 'doubtful' : 'free';
    }
  }
}

/** Whether a batch may still bring answers. One whose process ended before it sent it never will. */
export async function isOpen({ batches, isGone }: Pick<Books, 'batches' | 'isGone'>, id: string): Promise<boolean> {
  const record = await batches().get(id);
  if (record === undefined || record.state === 'closed') return false;
  return !isUnsent(record) || !(await isGone(record.owner, record.createdAt));
}

/** All calls in doubt. */
export async function* doubtfulCalls(books: Books): AsyncGenerator<DoubtfulCall> {
  for await (const found of books.journal.all()) {
    const { state, pipeline, stage, event, provider, model, time, request } = found.record;
    if (state.kind !== 'open' && state.kind !== 'cut') continue;
    if ((await standingOf(books, found)) !== 'doubtful') continue;
    const asked = askedIn(request);
    yield { key: found.key, pipeline, stage, event, asked, provider, model, time, atMost: state.worst };
  }
}

/** What calls in doubt come to. */
export interface DoubtSum {
  readonly count: number;
  readonly atMost: Nano;
  /** How many are not in the sum, because their model has no known price. */
  readonly unpriced: number;
}

/** @param pipeline whose calls are meant */
export async function doubtOf(books: Books, pipeline: string): Promise<DoubtSum> {
  let [count, atMost, unpriced] = [0, 0n, 0];
  for await (const call of doubtfulCalls(books)) {
    if (call.pipeline !== pipeline) continue;
    count += 1;
    if (call.atMost === null) unpriced += 1;
    else atMost += call.atMost;
  }
  return { count, atMost, unpriced };
}

/** @param request as the journal keeps it */
function askedIn(request: Found['record']['request']): string | undefined {
  const { messages } = (request ?? {}) as { readonly messages?: readonly Message[] };
  const last = messages?.at(-1);
  const text = last === undefined ? '' : textOf(last);
  return text === '' ? undefined : text;
}
