import { standingOf, type Books, type DoubtSum } from '../books/index.js';
import {
  answerInputs,
  type CallRecord,
  type CallState,
  type Doubt,
  type Ending,
  type Found,
  type KeptDraft,
  type ReceivedAnswer,
} from '../journal/index.js';
import type { Nano } from '../money/index.js';
import type { UniversalRequest } from '../request/index.js';
import { sleep } from '../../world/index.js';
import type { AiWorld } from '../ai-world.js';
import { stopped, type AiCallOptions, type CallResult } from './call.js';
import { judgedDoubt } from './judged-doubt.js';
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
    let doubt: KnownDoubt | undefined;
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
      if (standing.kind === 'batched' || context.onlyWeighs === true) return stopped('batched', BATCHED);
      if (standing.kind === 'under-way') {
        await sleep(world, POLL_MS, soft);
        continue;
      }
      if (spent !== undefined) return stopped('budget', spent);
      if (standing.kind === 'doubtful') {
        const judged = await judgedDoubt(standing.doubt, context, call.inDoubt);
        if (judged.kind !== 'again') return judged;
        doubt = { doubt: standing.doubt, message: judged.message };
      }
    } else if (spent !== undefined) return stopped('budget', spent);
    else if (context.live !== true) await call.unanswered();
    const kept = found === undefined || context.live === true ? undefined : keptIn(found.record.state);
    const record = recordOf(call);
    const state = { kind: 'open', attempt: '', owner: books.owner, worst: null, kept, doubt: doubt?.doubt } as const;
    const claimed = await books.journal.claim(key, record(state), found);
    if (claimed) return make(call, record, { found: found?.record, kept, doubt });
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

/** A call's doubt, and what to tell once it is made again. */
interface KnownDoubt {
  readonly doubt: Doubt;
  readonly message: string;
}

/** What there was of a call before it was claimed. */
interface Before {
  /** Undefined: nothing. */
  readonly found: CallRecord | undefined;
  readonly kept: KeptDraft | undefined;
  readonly doubt: KnownDoubt | undefined;
}

async function make(call: JournaledCall, record: RecordOf, before: Before): Promise<CallResult> {
  const { books, key, world, notify } = call;
  let { kept, doubt } = before;
  let last: { readonly attempt: string; readonly worst: Nano | null } = { attempt: '', worst: null };
  let openedAt = world.now();
  const open = (): CallState => ({ kind: 'open', owner: books.owner, kept, doubt: doubt?.doubt, ...last });
  const conversed = await converse({
    ...call.conversation,
    draft: before.kept?.draft,
    async opened(attempt, worst) {
      last = { attempt, worst };
      openedAt = world.now();
      await books.journal.put(key, record(open(), openedAt));
      // Only now: until its worst case is reserved and this is written, it may not be made after all.
      if (doubt !== undefined) notify({ kind: 'in-doubt', message: doubt.message });
    },
    keepDraft(draft, { paid }: ReceivedAnswer) {
      kept = { draft, paid };
      doubt = undefined;
      last = { attempt: '', worst: null };
      // Still under way: nobody else may make the next attempt while it waits for its turn.
      return books.journal.put(key, record(open()));
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
      // Nothing is under way: the call is as it was found, or in the state of its last paid answer.
      const rest = kept === before.kept ? before.found : kept && record({ kind: 'draft', kept });
      await (rest === undefined ? books.journal.remove(key) : books.journal.put(key, rest));
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
