import { randomUUID } from 'node:crypto';
import type { Books } from '../books/index.js';
import type { BreakerPass } from '../breaker/index.js';
import { attemptId, printEntry, type AttemptEnd, type Attribution, type LedgerEntry } from '../ledger/index.js';
import { totalTokens, type Nano } from '../money/index.js';
import type { ReceivedAnswer } from '../journal/index.js';
import type { ProviderAnswer, ProviderFailure, ProviderRequest } from '../provider/index.js';
import { without } from '../without.js';
import type { EndedAttempt } from '../telemetry/index.js';
import { endOf, endOfFailure } from './attempt-end.js';
import type { AttemptCounts } from './attempt-counts.js';
import { countedTokens, type EnterOptions, type LaneEntry } from './enter-lane.js';
import type { FullBudget } from './full-budget.js';
import { worstCost } from './lane-prices.js';
import type { ProviderLane } from './provider-lane.js';
import type { RunBudget } from './run-budget.js';
import type { StepMoney } from './step-money.js';

/** The options that a call passes to each attempt. */
export interface AttemptOptions extends EnterOptions {
  readonly books: Books;
  readonly runBudget: RunBudget;
  readonly attribution: Attribution;
  /** The call's key in the journal. */
  readonly call: string;
  /** 1 for the first attempt of the call. */
  readonly ordinal: number;
  readonly counts: AttemptCounts;
  /** Aborts the request as well. */
  readonly hard: AbortSignal;
  /** Records the attempt in the journal as under way, before it is sent. */
  opened(attempt: string, worst: Nano | null): Promise<void>;
  /**
   * Records the answer in the journal. A recorded answer is never paid for again.
   *
   * @returns whether the call has ended with it
   */
  received(answer: ReceivedAnswer): Promise<boolean>;
  /** Takes over the booking of an attempt whose answer ends the call, so that the caller does not wait for it. */
  readonly bookLater: (booking: Promise<void>) => void;
  /** Of a step of a cascade. */
  readonly step?: StepMoney | undefined;
  /** A provider answers that people were told is failing. */
  readonly onRecovered: (lane: ProviderLane, afterMs: number) => void;
  /** Called for each sent attempt once its result is known. */
  readonly onEnded: (attempt: EndedAttempt) => void;
}

export type AttemptResult =
  | { readonly kind: 'answered'; readonly answer: ProviderAnswer }
  | { readonly kind: 'failed'; readonly failure: ProviderFailure }
  /** Not sent: it does not fit into the budget now. */
  | { readonly kind: 'full'; readonly full: FullBudget }
  /** Not sent: the call was aborted. */
  | { readonly kind: 'aborted' };

/**
 * Makes one HTTP attempt in a lane that has admitted it, within the budget, and records it before and after. Recovery relies on
 * the order of these writes.
 */
export async function attempt(
  entry: LaneEntry,
  request: ProviderRequest,
  options: AttemptOptions,
): Promise<AttemptResult> {
  try {
    const result = await withinBudget(entry.lane, request, options, entry.pass);
    if (result.kind === 'answered' || result.kind === 'failed') {
      const tokens = countedTokens(request);
      const used = result.kind === 'answered' && result.answer.tokens ? totalTokens(result.answer.tokens) : tokens;
      entry.permit.settle(result.kind === 'failed' && result.failure.billing === 'none' ? 0 : used);
      if (result.kind === 'answered') entry.lane.tokenRate.add(used, options.world.now());
    } else {
      entry.permit.cancel();
    }
    return result;
  } finally {
    entry.leave();
  }
}

async function withinBudget(
  lane: ProviderLane,
  request: ProviderRequest,
  options: AttemptOptions,
  pass: BreakerPass,
): Promise<AttemptResult> {
  const { books, runBudget, world, attribution } = options;
  const time = world.now();
  const id = attemptId(time, randomUUID());
  const worst = worstCost(lane, request, time);
  const model = lane.wireModel(request.model);
  let entry: LedgerEntry;
  try {
    // A cascade is begun only where there is room for all of its steps.
    const most = worst === null ? 0n : worst + (options.step?.ahead ?? 0n);
    const reserved = await books.budget.reserve(id, most, runBudget.charges(attribution.pipeline));
    if (reserved.kind === 'full') {
      pass.neutral();
      return { kind: 'full', full: reserved };
    }
    entry = {
      ...attribution,
      id,
      time,
      call: options.call,
      attempt: options.ordinal,
      provider: lane.name,
      model,
      worst,
    };
    if (options.soft.aborted) {
      await books.budget.settle(id, 0n);
      pass.neutral();
      return { kind: 'aborted' };
    }
    // In any order: the request is sent when both are written.
    await Promise.all([books.ledger.open(entry), options.opened(id, worst)]);
  } catch (error) {
    pass.neutral();
    throw error;
  }

  const sentAt = world.now();
  const result = await lane.send({ ...request, model }, options.counts.of(lane).all, options);
  const latencyMs = world.now() - sentAt;
  const end = result.ok
    ? { ...endOf(result.answer, lane, request, worst, time, latencyMs), ...options.step?.instead(result.answer, time) }
    : endOfFailure(result.failure, worst, latencyMs);

  lane.limitsOf(request.model).limiter.correct(result.ok ? result.answer.limits : result.failure.limits);
  let callEnded = false;
  let printed: string | undefined;
  if (result.ok) {
    pass.success();
    const { toldFailingAt } = lane;
    lane.answered(world.now());
    if (toldFailingAt !== undefined) options.onRecovered(lane, world.now() - toldFailingAt);
    lane.health.latency.add(latencyMs, world.now());
    printed = printEntry({ ...entry, end });
    const paid = { attempt: id, entry: printed };
    const { answer } = result;
    const attempts = options.ordinal;
    callEnded = await options.received({ provider: lane.name, answer, attempts, cost: end.cost, latencyMs, paid });
  } else {
    recordHealth(result.failure, pass, lane, options);
  }
  options.onEnded({
    entry: { ...entry, end },
    request,
    provider: lane.provider,
    sentAt,
    ...(result.ok && { finish: result.answer.finish.reason, responseId: result.answer.responseId }),
  });
  // A call counts once for what another model would have taken, with the answer that ends it.
  const booking = callEnded ? book(entry, end, options, printed) : book(entry, without(end, 'instead'), options);
  // The answer is safe, and its cost stays reserved until it is charged: after a crash, recovery charges it.
  if (callEnded) options.bookLater(booking);
  else await booking;
  return result.ok ? { kind: 'answered', answer: result.answer } : { kind: 'failed', failure: result.failure };
}

/** Records how an attempt ended, and replaces its reservation by its cost. */
async function book(
  entry: LedgerEntry,
  end: AttemptEnd,
  { books, runBudget }: AttemptOptions,
  printed?: string,
): Promise<void> {
  await books.ledger.close(entry, end, printed);
  const accounts = await books.budget.settle(entry.id, end.bound ?? 0n);
  await runBudget.alert(entry.pipeline, accounts);
}

/** What a failure says about the provider's health. A provider that rejects too many requests, or an invalid one, works. */
function recordHealth(
  failure: ProviderFailure,
  pass: BreakerPass,
  lane: ProviderLane,
  { world, call }: AttemptOptions,
): void {
  const { outcome } = failure;
  const { breaker } = lane;
  const now = world.now();
  if (outcome.kind === 'refused') lane.refused.add(call);
  else if (outcome.kind === 'retry-now' && failure.code !== 'aborted') lane.health.failing.add(call);
  // Recorded at once: after the end of a probe, other calls would be admitted.
  const isRefusal = outcome.kind === 'run-fatal' || (outcome.kind === 'refused' && lane.refusesEveryone);
  if (failure.shared === true) pass.neutral();
  else if (isRefusal) breaker.takeDown(now, Infinity, failure.code);
  else if (outcome.kind === 'provider-down-until') breaker.takeDown(now, now + outcome.delayMs, failure.code);
  else if (failure.code === 'aborted') pass.neutral();
  else if (failure.outcome.kind === 'retry-now') pass.failure();
  else if (failure.outcome.kind === 'wait-until' && failure.code === 'overloaded') pass.failure();
  else if (failure.outcome.kind === 'wait-until') pass.neutral();
  else pass.success();
}
