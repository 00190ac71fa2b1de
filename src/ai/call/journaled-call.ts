import { standingOf, type Books, type DoubtSum } from '../books/index.js';
import {
  answerInputs,
  type CallRecord,
  type CallState,
  type Ending,
  type Found,
  type KeptDraft,
  type ReceivedAnswer,
} from '../journal/index.js';
import { showAmount, type Nano } from '../money/index.js';
import type { UniversalRequest } from '../request/index.js';
import { sleep } from '../../world/index.js';
import type { AiWorld } from '../ai-world.js';
import { failed, stopped, type AiCallOptions, type CallResult } from './call.js';
import { classify, converse, type Conversation } from './converse.js';
import { AttemptCounts } from './attempt-counts.js';
import type { Notice } from './options.js';

/** One call, as the journal sees it. */
export interface JournaledCall {
  readonly books: Books;
  readonly world: AiWorld;
  readonly key: string;
  readonly request: UniversalRequest;
  readonly maxTokens: number;
  readonly context: AiCallOptions;
  readonly keepPrompt: boolean;
  readonly soft: AbortSignal;
  readonly notify: (notice: Notice) => void;
  /** All calls of its pipeline that are in doubt. */
  readonly inDoubt: () => Promise<DoubtSum>;
  /** The journal does not have it, though it may answer. */
  unanswered(): Promise<void>;
  /** What the journal has of it, as it was just looked up. */
  readonly found: Found | undefined;
  /** The result of an ended call. */
  resultOf(ending: Ending, cached: boolean): CallResult;
  /** The conversation, without what the journal adds to it. */
  readonly conversation: Omit<Conversation, 'draft' | 'opened' | 'keepDraft' | 'keepEnding'>;
}

/** How often to check a call that another process has under way. */
const POLL_MS = 250;
const BATCHED =
  'a request is in a batch that may still bring its answer: wait for that with --lane batch, or give it up with colloquium journal batches --cancel ID';

/** Answers from the journal, or makes the call and records each step before the next. */
export async function journaledCall(call: JournaledCall): Promise<CallResult> {
  const { books, context, key, world, soft } = call;
  const { spent } = call.conversation.runBudget;
  for (let { found } = call; ; found = await books.journal.get(key)) {
    if (soft.aborted) return stopped('aborted', 'the run was stopped before this call');
    if (found !== undefined) {
      const { state } = found.record;
      if (state.kind === 'ended' && context.live !== true) return call.resultOf(state.ending, true);
      if (state.kind === 'received' && context.live !== true) {
        const result = await weighed(call, found, state);
        if (result !== undefined) return result;
        continue;
      }
      const standing = await standingOf(books, found);
      if (standing === 'batched' || context.onlyWeighs === true) return stopped('batched', BATCHED);
      if (standing === 'under-way') {
        await sleep(world, POLL_MS, soft);
        continue;
      }
      if (spent !== undefined) return stopped('budget', spent);
      const refusal = standing === 'doubtful' ? await doubtful(call, found) : undefined;
      if (refusal !== undefined) return refusal;
    } else if (spent !== undefined) return stopped('budget', spent);
    else if (context.live !== true) await call.unanswered();
    const kept = found === undefined || context.live === true ? undefined : keptIn(found.record.state);
    const record = recordOf(call);
    const claimed = await books.journal.claim(
      key,
      record({ kind: 'open', attempt: '', owner: books.owner, worst: null, kept }),
      found,
    );
    if (claimed) return make(call, record, kept);
  }
}

/**
 * Judges an answer that a batch has brought, as if it had just come.
 *
 * @returns undefined: it is to be mended, or somebody else was faster; look again
 */
async function weighed(
  call: JournaledCall,
  found: Found,
  { received, kept }: Extract<CallState, { kind: 'received' }>,
): Promise<CallResult | undefined> {
  const verdict = classify(received, kept?.draft, call.conversation, new AttemptCounts());
  const { paid } = received;
  const state: CallState =
    verdict.kind === 'ended'
      ? { kind: 'ended', ending: verdict.ending, paid }
      : { kind: 'draft', kept: { draft: verdict.draft, paid } };
  const isOurs = await call.books.journal.claim(call.key, recordOf(call)(state), found);
  return isOurs && verdict.kind === 'ended' ? call.resultOf(verdict.ending, false) : undefined;
}

async function make(call: JournaledCall, record: RecordOf, before: KeptDraft | undefined): Promise<CallResult> {
  const { books, key, world } = call;
  let kept = before;
  let last: { readonly attempt: string; readonly worst: Nano | null } = { attempt: '', worst: null };
  let openedAt = world.now();
  const conversed = await converse({
    ...call.conversation,
    draft: before?.draft,
    opened(attempt, worst) {
      last = { attempt, worst };
      openedAt = world.now();
      return books.journal.put(key, record({ kind: 'open', owner: books.owner, kept, ...last }, openedAt));
    },
    keepDraft(draft, { paid }: ReceivedAnswer) {
      kept = { draft, paid };
      // Still under way: nobody else may make the next attempt while it waits for its turn.
      return books.journal.put(key, record({ kind: 'open', owner: books.owner, attempt: '', worst: null, kept }));
    },
    keepEnding: (ending, { paid }) => books.journal.put(key, record({ kind: 'ended', ending, paid })),
  });
  switch (conversed.kind) {
    case 'ended':
      return call.resultOf(conversed.ending, false);
    case 'cut':
      // For people, who look the call up in the provider's bill at the time of sending.
      await books.journal.put(key, record({ kind: 'cut', kept, partial: conversed.partial, ...last }, openedAt));
      return conversed.stop;
    case 'failed':
    case 'stopped': {
      // Nothing is under way: the call is in its initial state, or in that of its last paid answer.
      await (kept === undefined ? books.journal.remove(key) : books.journal.put(key, record({ kind: 'draft', kept })));
      return conversed;
    }
  }
}

function keptIn(state: CallState): KeptDraft | undefined {
  return 'kept' in state ? state.kept : undefined;
}

/** `time`: milliseconds since the epoch; default: now. */
type RecordOf = (state: CallState, time?: number) => CallRecord;

/** What a call's record says, whatever its state. */
export type RecordFacts = Pick<JournaledCall, 'context' | 'request' | 'maxTokens' | 'keepPrompt' | 'world'>;

export function recordOf({ context, request, maxTokens, keepPrompt, world }: RecordFacts): RecordOf {
  return (state, time = world.now()) => ({
    pipeline: context.pipeline,
    stage: context.stage,
    event: eventOf(context),
    model: request.model,
    time,
    ...(keepPrompt && { request: answerInputs({ request, maxTokens, schema: context.schema }) }),
    state,
  });
}

/** The name of a call's event in journal and ledger. */
export function eventOf({ identity }: AiCallOptions): string {
  return 'event' in identity ? identity.event : `#${identity.occurrence}`;
}

async function doubtful(
  { books, context, notify, inDoubt }: JournaledCall,
  { record }: Found,
): Promise<CallResult | undefined> {
  const { state } = record;
  const worst = state.kind === 'open' || state.kind === 'cut' ? state.worst : null;
  const sent = state.kind === 'cut' ? await books.ledger.get(state.attempt) : undefined;
  const what =
    sent?.lane === 'batch'
      ? 'was in a batch that brought no certain result of it'
      : 'was under way when its process ended';
  const one = `a call of stage ${context.stage} ${what}: it may have been answered and billed`;
  switch (context.inDoubt ?? 'retry') {
    case 'retry': {
      const price = `${priceOf(worst)}; it is made again, and so is each like it, at its own price`;
      notify({ kind: 'in-doubt', message: `${one}, ${price}` });
      return undefined;
    }
    case 'hold': {
      const { count, atMost, unpriced } = await inDoubt();
      const many = `${count} calls of pipeline ${context.pipeline} were under way when their process ended: they may have been answered and billed`;
      const price =
        unpriced === 0 ? priceOf(atMost) : `${priceOf(atMost)}, and ${unpriced} of them at an unknown price`;
      const message = count > 1 ? `${many}, ${price}` : `${one}, ${priceOf(worst)}`;
      return stopped('in-doubt', `${message}; in_doubt is hold: decide, and resume with in_doubt retry or fail`);
    }
    case 'fail':
      return failed('in_doubt', `${one}, ${priceOf(worst)}`);
  }
}

function priceOf(worst: Nano | null): string {
  return worst === null ? 'at an unknown price' : `at most ${showAmount(worst)}`;
}
