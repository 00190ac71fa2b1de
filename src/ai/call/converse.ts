import type { Draft, Ending, Tally } from '../journal/index.js';
import { NO_TOKENS } from '../money/index.js';
import type { ProviderAnswer } from '../provider/index.js';
import type { ReceivedAnswer } from '../journal/index.js';
import { AttemptCounts } from './attempt-counts.js';
import type { CallFailureCode, FailedCall, StoppedCall, TruncatedPolicy } from './call.js';
import { fallbackDraft, lanesLeft } from './fallback.js';
import { repairRequest } from './repair-request.js';
import { makeAttempts } from './make-attempts.js';
import type { CallAttemptsOptions } from './call-attempts.js';
import { codeOf, tookOf } from './result.js';
import type { SchemaCheck } from '../answer/index.js';

/** What a conversation needs beyond its attempts: where to keep paid answers. */
export interface Conversation extends Omit<CallAttemptsOptions, 'received' | 'attemptsBefore' | 'counts'> {
  readonly check: SchemaCheck | undefined;
  readonly onTruncated: TruncatedPolicy;
  /** The largest output cap that any of the lanes takes. */
  readonly capMax: number;
  /** The draft that an earlier process received. */
  readonly draft: Draft | undefined;
  /** Called before anything else is done with an answer. */
  keepDraft(draft: Draft, received: ReceivedAnswer): Promise<void>;
  keepEnding(ending: Ending, received: ReceivedAnswer): Promise<void>;
}

export type Conversed =
  | { readonly kind: 'ended'; readonly ending: Ending }
  | FailedCall
  | StoppedCall
  | { readonly kind: 'cut'; readonly stop: StoppedCall; readonly partial: string | undefined };

const NO_TALLY: Tally = { attempts: 0, cost: 0n, tokens: NO_TOKENS, latencyMs: 0 };

/** Sends one request, and makes one more attempt if its answer was truncated or does not satisfy the schema. */
export async function converse(conversation: Conversation): Promise<Conversed> {
  let draft = conversation.draft;
  const counts = new AttemptCounts();
  for (;;) {
    const asked = draft;
    let verdict: Verdict | undefined;
    const attempted = await makeAttempts({
      ...conversation,
      request:
        asked === undefined ? conversation.request : repairRequest(conversation.request, asked, conversation.capMax),
      lanes: lanesLeft(conversation.lanes, asked),
      attemptsBefore: asked?.tally.attempts ?? 0,
      counts,
      async received(received) {
        verdict = classify(received, asked, conversation, counts);
        await (verdict.kind === 'draft'
          ? conversation.keepDraft(verdict.draft, received)
          : conversation.keepEnding(verdict.ending, received));
        return verdict.kind === 'ended';
      },
    });
    if (attempted.kind === 'answered') {
      if (verdict === undefined) throw new Error('an answer that was not received');
      if (verdict.kind === 'ended') return verdict;
      draft = verdict.draft;
    } else if (attempted.kind === 'failed' && asked !== undefined) {
      // The repair failed, so the first answer's problem is reported.
      return {
        ...attempted,
        ...faultOf(asked),
        message: `${faultOf(asked).message}; ${asked.kind === 'elsewhere' ? 'elsewhere' : 'a second attempt failed'}: ${attempted.message}`,
        answer: asked.text,
        took: tookOf(asked.tally),
      };
    } else {
      return attempted;
    }
  }
}

type Verdict = { readonly kind: 'draft'; readonly draft: Draft } | { readonly kind: 'ended'; readonly ending: Ending };

/** What becomes of a call with an answer. @param asked what it was asked again for */
export function classify(
  received: ReceivedAnswer,
  asked: Draft | undefined,
  {
    check,
    request,
    capMax,
    lanes,
    onTruncated,
    fallbackOn,
  }: Pick<Conversation, 'check' | 'request' | 'capMax' | 'lanes' | 'onTruncated' | 'fallbackOn'>,
  counts: AttemptCounts,
): Verdict {
  const { answer, provider } = received;
  const tally = added(asked?.tally ?? NO_TALLY, received);
  // The attempt that brought the answer is not counted yet.
  const mayMend =
    (asked === undefined || asked.kind === 'elsewhere') &&
    lanesLeft(lanes, asked).some(
      (lane) => counts.of(lane).mayBeBilled + (lane.name === provider ? 1 : 0) < lane.retry.attemptsMax,
    );
  const { passed } = asked ?? {};
  const end = (code: CallFailureCode, message: string): Verdict => {
    const ending: Ending = {
      kind: 'failed',
      code,
      message: `${provider}: ${message}`,
      provider,
      model: answer.model,
      ...(answer.text !== '' && { text: answer.text }),
      ...(answer.finish.reason !== null && { finish: answer.finish.reason }),
      tally,
    };
    // A truncated answer that is kept is not a failure.
    const reasons = onTruncated === 'keep' ? fallbackOn?.filter((reason) => reason !== 'truncated') : fallbackOn;
    const draft = fallbackDraft(ending, asked, lanes, request.model, reasons);
    return draft === undefined ? { kind: 'ended', ending } : { kind: 'draft', draft };
  };
  switch (answer.finish.kind) {
    case 'truncated':
      if (mayMend && onTruncated === 'retry' && request.maxOutputTokens < capMax)
        return { kind: 'draft', draft: { kind: 'truncated', text: answer.text, tally, passed } };
      return end('truncated', `the answer was truncated (${answer.finish.reason}): raise max_tokens`);
    case 'filtered':
    case 'refused':
    case 'unfinished':
      return end(answer.finish.kind, `the answer was ${answer.finish.kind} (${answer.finish.reason})`);
    case 'complete':
      break;
  }
  // An answer that requests a tool call is not final yet.
  const checked = asksForTools(answer) ? { ok: true as const } : (check?.(answer.text) ?? { ok: true as const });
  if (checked.ok) {
    const { model, text, finish, parts } = answer;
    const kept = parts && { parts: JSON.stringify(parts) };
    return {
      kind: 'ended',
      ending: { kind: 'answered', provider, model, text, finish: finish.reason, ...kept, tally },
    };
  }
  if (mayMend)
    return { kind: 'draft', draft: { kind: 'invalid', text: answer.text, problem: checked.problem, tally, passed } };
  return end('schema', `the answer does not satisfy the schema: ${checked.problem}`);
}

function asksForTools({ text, parts }: ProviderAnswer): boolean {
  return text.trim() === '' && parts?.tool_calls !== undefined;
}

function added(before: Tally, { answer, attempts, cost, latencyMs }: ReceivedAnswer): Tally {
  const more = answer.tokens ?? NO_TOKENS;
  return {
    attempts,
    cost: before.cost === null || cost === null ? null : before.cost + cost,
    tokens: {
      input: before.tokens.input + more.input,
      cacheRead: before.tokens.cacheRead + more.cacheRead,
      cacheWrite: before.tokens.cacheWrite + more.cacheWrite,
      cacheWriteHour: before.tokens.cacheWriteHour + more.cacheWriteHour,
      output: before.tokens.output + more.output,
    },
    latencyMs: before.latencyMs + latencyMs,
  };
}

function faultOf(draft: Draft): { readonly code: CallFailureCode; readonly message: string } {
  if (draft.kind === 'elsewhere') return { code: codeOf(draft.code), message: draft.message };
  return draft.kind === 'truncated'
    ? { code: 'truncated', message: 'the answer was truncated at the output cap' }
    : { code: 'schema', message: `the answer does not satisfy the schema: ${draft.problem}` };
}
