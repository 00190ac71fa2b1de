import type { ProviderFailure, ProviderRequest } from '../provider/index.js';
import type { Route } from '../route/index.js';
import { sleep } from '../../world/index.js';
import type { AttemptOptions } from './attempt.js';
import type { AttemptCounts } from './attempt-counts.js';
import { pauseMs } from './backoff.js';
import { failed, stopped, type FailedCall, type FallbackReason, type StoppedCall } from './call.js';
import { fallsBack } from './fallback.js';
import { fullStop, fullText, type FullBudget } from './full-budget.js';
import { heldByBatches } from './held-by-batches.js';
import type { ProviderLane } from './provider-lane.js';
import type { LaneChoice, Unfit } from './choose.js';
import { noProvider, standingLanes } from './no-provider.js';
import type { Notice } from './options.js';
import { UNREACHABLE_MS, UNREACHABLE_TRIES } from './unreachable.js';

/** Everything that a request needs until it is answered, fails or stops. */
export interface CallAttemptsOptions extends Omit<AttemptOptions, 'ordinal'> {
  readonly request: ProviderRequest;
  readonly lanes: readonly ProviderLane[];
  readonly route: Route;
  readonly providerWaitMs: number;
  readonly notify: (notice: Notice) => void;
  /** Attempts that the call made before these. */
  readonly attemptsBefore: number;
  readonly counts: AttemptCounts;
  readonly fallbackOn: readonly FallbackReason[] | undefined;
}

export const ABORTED = stopped('aborted', 'the run was stopped; what was answered is kept');

/** When a lane may be used again, milliseconds since the epoch; at once when that is not in the future. */
export function availableAt(lane: ProviderLane, model: string, now: number): number {
  const { limitedUntil } = lane.limitsOf(model);
  return Math.max(lane.breaker.availableAt(now), limitedUntil > now ? limitedUntil : 0);
}

/** The attempts of a call so far, and the decision after each of them. */
export class CallAttempts {
  attempts: number;
  round = 0;
  /** Names of providers that failed in this round, and would fail again with another key. */
  tried = new Set<string>();
  readonly excluded = new Set<ProviderLane>();
  readonly #options: CallAttemptsOptions;
  readonly #unfit: Unfit[] = [];
  #last: { readonly lane: ProviderLane; readonly failure: ProviderFailure } | undefined;
  /** The text of the last answer that broke off. */
  #partial: string | undefined;
  /** Names of providers that are too expensive for the rest of the budget. */
  readonly #dear = new Set<string>();
  #waitingSince: number | undefined;
  /** Since when, and how many times in a row, each lane has told the call to wait. */
  readonly #limited = new Map<ProviderLane, { readonly since: number; readonly times: number }>();
  /** Set if the call's attempts are used up at a provider that fails other calls as well. */
  #stop: StoppedCall | undefined;

  constructor(options: CallAttemptsOptions) {
    this.#options = options;
    this.attempts = options.attemptsBefore;
    for (const lane of options.lanes) if (options.counts.isSpent(lane)) this.excluded.add(lane);
  }

  newRound(): void {
    this.round += 1;
    this.tried = new Set();
  }

  exclude(provider: string, unfit: Unfit): void {
    this.#excludeProvider(provider);
    this.#unfit.push(unfit);
  }

  #excludeProvider(provider: string): void {
    for (const lane of this.#options.lanes) if (lane.name === provider) this.excluded.add(lane);
  }

  /** The call's result if no lane is left. */
  failure(unfit: readonly Unfit[]): FailedCall | StoppedCall {
    if (this.#stop !== undefined) return this.#stop;
    if (this.#last !== undefined) return this.#failedFor(this.#last.failure, this.#last.lane);
    const all = [...this.#unfit, ...unfit];
    const code = all.find((one) => one.code === 'too_expensive')?.code ?? 'no_provider';
    const reasons =
      all.length === 0 ? 'no AI provider of that name is configured' : all.map((one) => one.reason).join('; ');
    const isTooLong = code === 'no_provider' && all.some((one) => one.tooLong === true);
    return { ...failed(code, reasons), ...(isTooLong && { tooLong: true }) };
  }

  /** Decides after a failed attempt; a result ends the call. */
  afterFailure(lane: ProviderLane, failure: ProviderFailure): FailedCall | StoppedCall | undefined {
    const { outcome } = failure;
    this.#last = { lane, failure };
    this.#partial = failure.partial ?? this.#partial;
    switch (outcome.kind) {
      case 'wait-until':
        return this.#afterLimit(lane, failure, outcome.delayMs);
      case 'retry-now':
        this.#limited.clear();
        this.tried.add(lane.name);
        return this.#afterFault(lane, failure);
      case 'refused':
        // While this row is the only one that is refused, the row is the cause.
        if (lane.refusesEveryone) this.#reportDown(lane, failure);
        else this.excluded.add(lane);
        return undefined;
      case 'provider-down-until':
      case 'run-fatal':
        this.#reportDown(lane, failure);
        return undefined;
      case 'record-fatal':
        if (isOfAccount(failure)) this.excluded.add(lane);
        else this.#excludeProvider(lane.name);
        return outcome.elsewhere || fallsBack(this.#options.fallbackOn, failure.code)
          ? undefined
          : this.#failedFor(failure, lane);
      case 'ask-otherwise':
        // Not an attempt.
        return undefined;
    }
  }

  #afterLimit(lane: ProviderLane, failure: ProviderFailure, namedMs: number | undefined): StoppedCall | undefined {
    const { world, providerWaitMs, notify, lanes, request } = this.#options;
    const now = world.now();
    const before = this.#limited.get(lane);
    const [since, times] = [before?.since ?? now, (before?.times ?? 0) + 1];
    this.#limited.set(lane, { since, times });
    const delayMs = Math.min(pauseMs(namedMs, times, lane.retry, world.random()), lane.namedWaitMsMax);
    const limits = lane.limitsOf(request.model);
    // For an overloaded server that names a time, the breaker opens as well.
    this.#reportFailing(lane, failure);
    this.round += 1;
    if (delayMs > lane.retry.retryAfterMsMax) {
      limits.limitedUntil = Math.max(limits.limitedUntil, now + delayMs);
      notify({ kind: 'provider-down', message: `${failure.message}; not used before ${showTime(now + delayMs)}` });
    } else {
      limits.limiter.pauseUntil(now + delayMs);
    }
    // One wait that the provider names is obeyed; how long it may go on naming waits is ours to say.
    const patienceMs = times === 1 ? Math.max(providerWaitMs, lane.retry.retryAfterMsMax) : providerWaitMs;
    if (now + delayMs - since <= patienceMs) return undefined;
    // It keeps naming new waits: other lanes may do better.
    this.excluded.add(lane);
    const others = lanes.some((other) => !this.excluded.has(other) && other.breaker.availableAt(now) !== Infinity);
    // If the lane serves other rows meanwhile, this row is the cause.
    return others || lane.health.lastSuccessAt >= since
      ? undefined
      : stopped('provider-limit', failure.message, now + delayMs);
  }

  /** A row whose attempts are used up fails, unless the provider fails other rows as well. */
  #afterFault(lane: ProviderLane, failure: ProviderFailure): StoppedCall | undefined {
    this.#reportFailing(lane, failure);
    const { world, providerWaitMs, counts } = this.#options;
    const { all, since } = counts.of(lane);
    if (all < lane.retry.attemptsMax) return undefined;
    const isDown = lane.health.lastSuccessAt < since && lane.health.failsEveryone;
    const stop = stopped('providers-down', `${failure.message}${wayOut(lane)}`);
    // While it is down, requests that cost nothing may go on.
    if (isDown && !counts.isSpent(lane)) return world.now() - since > providerWaitMs ? stop : undefined;
    this.#excludeProvider(lane.name);
    if (isDown) this.#stop = stop;
    return undefined;
  }

  #reportFailing(lane: ProviderLane, failure: ProviderFailure): void {
    const { world, lanes } = this.#options;
    const { health } = lane;
    const now = world.now();
    // A provider that is unreachable from the start is set up wrong: this is reported at once, and nobody waits for long.
    if (failure.lasting === true && health.lastSuccessAt === 0) {
      const { since, tries, isGivenUp } = health.unreachable ?? { since: now, tries: 0, isGivenUp: false };
      const gives = tries + 1 >= UNREACHABLE_TRIES && now - since >= UNREACHABLE_MS;
      health.unreachable = { since, tries: tries + 1, isGivenUp: gives };
      if (tries === 0) this.#tell(lane, `${failure.message}; it is tried again for ${UNREACHABLE_MS / 1000} s`);
      // All lanes of the provider, with any key.
      const all = lanes.filter(({ name }) => name === lane.name);
      if (gives) for (const each of all) each.breaker.takeDown(now, Infinity, 'unreachable');
      // A run that ends with this error reports it itself; a daemon continues, and probes the provider.
      if (gives && !isGivenUp && lane.breaker.availableAt(now) !== Infinity) this.#reportDown(lane, failure);
    }
    const { state } = lane.breaker;
    if (state.kind !== 'open') return;
    const message = `${failure.message}; after ${state.failures} failures in a row not used before ${showTime(state.until)}`;
    if (lane.toldFailingAt === undefined) this.#tell(lane, message);
  }

  #tell(lane: ProviderLane, message: string): void {
    lane.toldFailingAt = this.#options.world.now();
    this.#options.notify({ kind: 'provider-down', message });
  }

  #reportDown(lane: ProviderLane, failure: ProviderFailure): void {
    const until = lane.breaker.availableAt(this.#options.world.now());
    const when = until === Infinity ? 'not used any more in this run' : `not used before ${showTime(until)}`;
    this.#options.notify({ kind: 'provider-down', message: `${failure.message}; ${when}` });
  }

  /** Waits while calls are open whose reservations may be released; a result ends the call. */
  async afterFull(
    lane: ProviderLane,
    choices: readonly LaneChoice[],
    full: FullBudget,
  ): Promise<FailedCall | StoppedCall | undefined> {
    const { books, runBudget, soft, world, notify, step } = this.#options;
    const ahead = step?.ahead ?? 0n;
    const message = fullText(full, ahead > 0n, await heldByBatches(books.budget, [full.account]));
    if (full.openCalls) {
      // A dead process would never release its reservations.
      await books.recover();
      return (await books.budget.changed(soft)) ? undefined : ABORTED;
    }
    // A cheaper provider may still fit.
    this.#dear.add(lane.name);
    this.tried.add(lane.name);
    if (choices.some((option) => !this.#dear.has(option.lane.name))) return undefined;
    const until = runBudget.renewsAt(full.account);
    if (runBudget.whenSpent === 'stop' || until === undefined) return fullStop(full, message, until);
    notify({ kind: 'waiting', message: `${message}; waiting for ${showTime(until)}` });
    this.#dear.clear();
    this.tried = new Set();
    return (await sleep(world, until - world.now(), soft)) ? undefined : ABORTED;
  }

  /** Waits until a lane may be used again, if that is soon enough; a result ends the call. */
  async waitForProvider(choices: readonly LaneChoice[], now: number): Promise<FailedCall | StoppedCall | undefined> {
    const { world, soft, providerWaitMs, request } = this.#options;
    const { model } = request;
    const lastSuccess = Math.max(...choices.map(({ lane }) => lane.health.lastSuccessAt));
    if (this.#waitingSince === undefined || lastSuccess > this.#waitingSince) this.#waitingSince = now;
    const until = Math.min(...choices.map(({ lane }) => availableAt(lane, model, now)));
    // A failing provider may recover at any moment; one that named a time will keep to it.
    const named = choices.every(
      ({ lane }) => lane.limitsOf(model).limitedUntil > now || lane.breaker.state.kind === 'down',
    );
    const longest = Math.max(...choices.map(({ lane }) => lane.retry.retryAfterMsMax));
    const patienceMs = named && providerWaitMs !== Infinity ? Math.min(longest, providerWaitMs) : providerWaitMs;
    if (until === Infinity || until - this.#waitingSince > patienceMs) {
      const lanes = choices.map(({ lane }) => lane);
      if (this.#isAlone(lanes) || (until === Infinity && this.#isLeftOut(now))) return this.failure([]);
      return noProvider(lanes, model, until, this.#last?.failure);
    }
    return (await sleep(world, until - now, soft)) ? undefined : ABORTED;
  }

  /** Whether breakers are open because of this row and few others: none of the providers fails everyone. */
  #isAlone(lanes: readonly ProviderLane[]): boolean {
    const { counts, request, world } = this.#options;
    return standingLanes(lanes).every(
      (lane) =>
        lane.breaker.state.kind !== 'down' &&
        lane.limitsOf(request.model).limitedUntil <= world.now() &&
        counts.of(lane).all > 0 &&
        !lane.health.failsEveryone,
    );
  }

  /** Whether lanes where this row failed serve other rows. */
  #isLeftOut(now: number): boolean {
    return [...this.excluded].some(({ breaker }) => breaker.availableAt(now) !== Infinity);
  }

  #failedFor({ code, message }: ProviderFailure, lane: ProviderLane): FailedCall {
    const failure = failed(code === 'content_filtered' ? 'filtered' : 'provider_error', message, lane.name);
    return { ...failure, answer: this.#partial, ...(code === 'request_too_large' && { tooLong: true }) };
  }
}

/** Whether another account at the same provider may succeed, because it may use the model, or that many tokens per minute. */
function isOfAccount({ code, status }: ProviderFailure): boolean {
  return code === 'model_not_found' || (code === 'request_too_large' && status === 429);
}

function showTime(time: number): string {
  return new Date(time).toISOString();
}

/** What to do where a provider that has answered is given up for the sake of a few rows, which may be the cause all the same. */
function wayOut({ health: { isKnownToAnswer, failing } }: ProviderLane): string {
  return isKnownToAnswer
    ? `; ${failing.count} rows in a row failed, and none was answered: if they are the cause, a circuit_breaker.threshold above ${failing.count} makes dead letters of them`
    : '';
}
