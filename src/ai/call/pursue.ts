import { sleep } from '../../world/index.js';
import { attempt } from './attempt.js';
import { backoffMs } from './backoff.js';
import type { FailedCall, StoppedCall } from './call.js';
import { optionsFor } from './choose.js';
import { ABORTED, availableAt, PursuitState, type Pursuit } from './pursuit-state.js';

export type Pursued =
  | { readonly kind: 'answered' }
  | FailedCall
  | StoppedCall
  /** Cut off while it was under way. */
  | { readonly kind: 'cut'; readonly stop: StoppedCall };

/** Tries providers, in order, again and later, until the request is answered or nothing makes sense any more. */
export async function pursue(pursuit: Pursuit): Promise<Pursued> {
  const { request, world, purse, tags, soft } = pursuit;
  const state = new PursuitState(pursuit);

  for (;;) {
    if (soft.aborted) return ABORTED;
    const now = world.now();
    const open = pursuit.channels.filter((channel) => !state.excluded.has(channel));
    const { options, unfit } = optionsFor(open, request, pursuit.route, tags.pipeline, purse, now);
    if (options.length === 0) return state.failure(unfit);

    const ready = options.filter(({ channel }) => availableAt(channel, now) <= now);
    if (ready.length === 0) {
      const stop = await state.waitForProvider(options, now);
      if (stop !== undefined) return stop;
      continue;
    }
    const next = ready.find(({ channel }) => !state.tried.has(channel));
    if (next === undefined) {
      const delayMs = backoffMs(state.round, ready[0]?.channel.retry ?? { baseDelayMs: 0, delayMsMax: 0 }, () =>
        world.random(),
      );
      state.newRound();
      if (!(await sleep(world, delayMs, soft))) return ABORTED;
      continue;
    }

    const result = await attempt(next.channel, next.request, { ...pursuit, ordinal: state.attempts + 1 });
    switch (result.kind) {
      case 'answered':
        for (const warning of result.answer.warnings) {
          const message = `${next.channel.name} can't take all of the request for ${request.model}: ${warning}`;
          pursuit.notify({ kind: 'request-changed', message });
        }
        return { kind: 'answered' };
      case 'failed': {
        state.attempts += 1;
        if (result.failure.code === 'aborted')
          return result.failure.billing === 'none' ? ABORTED : { kind: 'cut', stop: ABORTED };
        const end = state.afterFailure(next.channel, result.failure);
        if (end !== undefined) return end;
        break;
      }
      case 'full': {
        const end = await state.afterFull(next.channel, options, result.full);
        if (end !== undefined) return end;
        break;
      }
      case 'too-large':
        state.exclude(next.channel, {
          code: 'no_provider',
          reason: tooLargeFor(next.channel.name, result.tokens, result.tokensPerMinute),
        });
        break;
      case 'refused':
        // The breaker opened while it waited for its turn: look again.
        break;
      case 'aborted':
        return ABORTED;
    }
  }
}

export function tooLargeFor(provider: string, tokens: number, tokensPerMinute: number): string {
  return `the request counts for ${tokens} tokens, more than the ${tokensPerMinute} per minute of ${provider}`;
}
