import { showDollars } from '../money/index.js';
import type { ProviderFailure, ProviderRequest } from '../provider/index.js';
import type { Route } from '../route/index.js';
import { sleep } from '../../world/index.js';
import type { AttemptResult, AttemptScene } from './attempt.js';
import { backoffMs } from './backoff.js';
import { failed, stopped, type FailedCall, type StoppedCall } from './call.js';
import type { Channel } from './channel.js';
import type { Option, Unfit } from './choose.js';
import type { Notice } from './options.js';

/** What one request needs until it is answered, fails or stops. */
export interface Pursuit extends Omit<AttemptScene, 'ordinal'> {
  readonly request: ProviderRequest;
  readonly channels: readonly Channel[];
  readonly route: Route;
  readonly providerWaitMs: number;
  /** Only what fits into the budget at once is worth it: for an attempt that mends an answer. */
  readonly budgetAtOnce: boolean;
  readonly notify: (notice: Notice) => void;
  /** Attempts of the call before this pursuit. */
  readonly attemptsBefore: number;
}

export const ABORTED = stopped('aborted', 'the run was stopped; what was answered is kept');

/** When a channel may be used again, milliseconds since the epoch; not later than now: at once. */
export function availableAt(channel: Channel, now: number): number {
  return Math.max(channel.breaker.availableAt(now), channel.limitedUntil > now ? channel.limitedUntil : 0);
}

/** What a pursuit has learnt so far, and what it makes of it. */
export class PursuitState {
  attempts: number;
  round = 0;
  /** Channels that failed in this round. */
  tried = new Set<Channel>();
  readonly excluded = new Set<Channel>();
  readonly #pursuit: Pursuit;
  readonly #unfit: Unfit[] = [];
  readonly #failures = new Map<Channel, { count: number; readonly since: number }>();
  #last: { readonly channel: Channel; readonly failure: ProviderFailure } | undefined;
  /** Channels that are too dear for what is left of the budget. */
  readonly #dear = new Set<Channel>();
  #waitingSince: number | undefined;
  #limitedSince: number | undefined;

  constructor(pursuit: Pursuit) {
    this.#pursuit = pursuit;
    this.attempts = pursuit.attemptsBefore;
  }

  newRound(): void {
    this.round += 1;
    this.tried = new Set();
  }

  exclude(channel: Channel, unfit: Unfit): void {
    this.excluded.add(channel);
    this.#unfit.push(unfit);
  }

  /** The call's failure when no channel is left. */
  failure(unfit: readonly Unfit[]): FailedCall {
    if (this.#last !== undefined) return failed('provider_error', this.#last.failure.message, this.#last.channel.name);
    const all = [...this.#unfit, ...unfit];
    const code = all.find((one) => one.code === 'too_expensive')?.code ?? 'no_provider';
    return failed(
      code,
      all.length === 0 ? 'no AI provider of that name is configured' : all.map((one) => one.reason).join('; '),
    );
  }

  /** Decides after a failed attempt; a result ends the pursuit. */
  afterFailure(channel: Channel, failure: ProviderFailure): FailedCall | StoppedCall | undefined {
    const { world, providerWaitMs, notify } = this.#pursuit;
    const now = world.now();
    const { outcome } = failure;
    this.#last = { channel, failure };
    switch (outcome.kind) {
      case 'wait-until': {
        const namedMs = outcome.delayMs ?? backoffMs(this.round + 1, channel.retry, () => world.random());
        const delayMs = Math.min(namedMs, channel.namedWaitMsMax);
        this.#limitedSince ??= now;
        this.round += 1;
        if (delayMs > channel.retry.retryAfterMsMax) {
          channel.limitedUntil = Math.max(channel.limitedUntil, now + delayMs);
          notify({ kind: 'provider-down', message: `${failure.message}; not used before ${showTime(now + delayMs)}` });
        } else {
          for (const limiter of channel.limiters(this.#pursuit.request.model)) limiter.pauseUntil(now + delayMs);
        }
        if (now + delayMs - this.#limitedSince <= Math.max(providerWaitMs, channel.retry.retryAfterMsMax))
          return undefined;
        // It has named one wait after the other: others may do better.
        this.excluded.add(channel);
        const others = this.#pursuit.channels.some((other) => !this.excluded.has(other));
        return others ? undefined : stopped('provider-limit', failure.message, now + delayMs);
      }
      case 'retry-now': {
        this.#limitedSince = undefined;
        this.tried.add(channel);
        const failures = this.#failures.get(channel) ?? { count: 0, since: now };
        failures.count += 1;
        this.#failures.set(channel, failures);
        // That a provider fails is told from a request that makes it fail by its serving others meanwhile.
        const servesOthers = channel.lastSuccessAt >= failures.since;
        if (failures.count < channel.retry.attemptsMax) return undefined;
        if (servesOthers || !outcome.down) this.excluded.add(channel);
        else if (now - failures.since > providerWaitMs) return stopped('providers-down', failure.message);
        return undefined;
      }
      case 'provider-down-until':
      case 'run-fatal':
        this.#tellDown(channel, failure);
        return undefined;
      case 'record-fatal':
        this.excluded.add(channel);
        return outcome.elsewhere ? undefined : failed('provider_error', failure.message, channel.name);
    }
  }

  #tellDown(channel: Channel, failure: ProviderFailure): void {
    const until = channel.breaker.availableAt(this.#pursuit.world.now());
    const when = until === Infinity ? 'not used any more in this run' : `not used before ${showTime(until)}`;
    this.#pursuit.notify({ kind: 'provider-down', message: `${failure.message}; ${when}` });
  }

  /** Waits while calls are open whose reservations may come free; a result ends the pursuit. */
  async afterFull(
    channel: Channel,
    options: readonly Option[],
    full: Extract<AttemptResult, { kind: 'full' }>['full'],
  ): Promise<FailedCall | StoppedCall | undefined> {
    const { books, purse, soft, budgetAtOnce, world, notify } = this.#pursuit;
    const message = `the budget is spent: ${showDollars(full.left)} of ${showDollars(full.limit)} is left, the worst case of a call is more`;
    if (budgetAtOnce) return failed('too_expensive', message, channel.name);
    if (full.openCalls) {
      // What a dead process has set aside would be waited for in vain.
      await books.recover();
      return (await books.budget.changed(soft)) ? undefined : ABORTED;
    }
    // A cheaper provider may still do.
    this.#dear.add(channel);
    this.tried.add(channel);
    if (options.some((option) => !this.#dear.has(option.channel))) return undefined;
    const until = purse.renewsAt(full.account);
    if (purse.whenSpent === 'stop' || until === undefined) return stopped('budget', message, until);
    notify({ kind: 'waiting', message: `${message}; waiting for ${showTime(until)}` });
    this.#dear.clear();
    this.tried = new Set();
    return (await sleep(world, until - world.now(), soft)) ? undefined : ABORTED;
  }

  /** Waits until a channel may be used again, if that is soon enough; a result ends the pursuit. */
  async waitForProvider(options: readonly Option[], now: number): Promise<StoppedCall | undefined> {
    const { world, soft, providerWaitMs } = this.#pursuit;
    const lastSuccess = Math.max(...options.map(({ channel }) => channel.lastSuccessAt));
    if (this.#waitingSince === undefined || lastSuccess > this.#waitingSince) this.#waitingSince = now;
    const until = Math.min(...options.map(({ channel }) => availableAt(channel, now)));
    // A provider that fails may be well again at any moment; one that named a time will keep to it.
    const named = options.every(({ channel }) => channel.limitedUntil > now || channel.breaker.state.kind === 'down');
    const longest = Math.max(...options.map(({ channel }) => channel.retry.retryAfterMsMax));
    const patienceMs = named && providerWaitMs !== Infinity ? Math.min(longest, providerWaitMs) : providerWaitMs;
    if (until === Infinity || until - this.#waitingSince > patienceMs) return this.#noProvider(options, until);
    return (await sleep(world, until - now, soft)) ? undefined : ABORTED;
  }

  #noProvider(options: readonly Option[], until: number): StoppedCall {
    const channels = options.map(({ channel }) => channel);
    const states = channels.map(({ breaker }) => breaker.state);
    const downs = states.filter((state) => state.kind === 'down');
    const words = channels.map(({ name }, i) => {
      const state = states[i];
      return `${name} ${state?.kind === 'down' ? state.reason : 'fails'}`;
    });
    const message = `no AI provider is to be had: ${words.join(', ')}${this.#last === undefined ? '' : ` (${this.#last.failure.message})`}`;
    if (
      downs.length > 0 &&
      downs.every((state) => state.reason === 'not_authorized' || state.reason === 'unsupported_request')
    ) {
      return stopped('provider-refused', message);
    }
    const limited =
      downs.length === states.length ||
      channels.every((channel, i) => states[i]?.kind === 'down' || channel.limitedUntil >= until);
    return stopped(limited ? 'provider-limit' : 'providers-down', message, until);
  }
}

function showTime(time: number): string {
  return new Date(time).toISOString();
}
