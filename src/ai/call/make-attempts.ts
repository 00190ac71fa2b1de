import { sleep } from '../../world/index.js';
import { attempt } from './attempt.js';
import { backoffMs } from './backoff.js';
import type { FailedCall, StoppedCall } from './call.js';
import { choicesFor } from './choose.js';
import { enterFreeLane } from './enter-lane.js';
import { ABORTED, availableAt, CallAttempts, type CallAttemptsOptions } from './call-attempts.js';

export type AttemptsResult =
  | { readonly kind: 'answered' }
  | FailedCall
  | StoppedCall
  /** Aborted while it was under way. `partial`: the part of the answer that had arrived. */
  | { readonly kind: 'cut'; readonly stop: StoppedCall; readonly partial: string | undefined };

/** Tries providers in order, retrying as needed, until the request is answered or no further attempt makes sense. */
export async function makeAttempts(options: CallAttemptsOptions): Promise<AttemptsResult> {
  const { request, world, runBudget, attribution, soft } = options;
  const state = new CallAttempts(options);

  for (;;) {
    if (soft.aborted) return ABORTED;
    const now = world.now();
    const open = options.lanes.filter((lane) => !state.excluded.has(lane));
    const { choices, unfit } = choicesFor(open, request, options.route, attribution.pipeline, runBudget, now);
    if (choices.length === 0) return state.failure(unfit);

    const ready = choices.filter(({ lane }) => availableAt(lane, request.model, now) <= now);
    if (ready.length === 0) {
      const stop = await state.waitForProvider(choices, now);
      if (stop !== undefined) return stop;
      continue;
    }
    const next = ready.find(({ lane }) => !state.tried.has(lane.name));
    if (next === undefined) {
      const delayMs = backoffMs(state.round, ready[0]?.lane.retry ?? { baseDelayMs: 0, delayMsMax: 0 }, () =>
        world.random(),
      );
      state.newRound();
      if (!(await sleep(world, delayMs, soft))) return ABORTED;
      continue;
    }

    const { name } = next.lane;
    const lanes = ready.flatMap(({ lane }) => (lane.name === name ? [lane] : []));
    const entering = await enterFreeLane(lanes, next.request, options);
    switch (entering.kind) {
      case 'aborted':
        return ABORTED;
      case 'refused':
        // The breaker opened while the call was waiting: choose again.
        continue;
      case 'too-large': {
        const reason = tooLargeFor(name, entering.tokens, entering.tokensPerMinute);
        state.exclude(name, { code: 'no_provider', reason });
        continue;
      }
      case 'entered':
        break;
    }
    const { entry } = entering;
    const result = await attempt(entry, next.request, { ...options, ordinal: state.attempts + 1 });
    switch (result.kind) {
      case 'answered':
        options.counts.answered(entry.lane, world.now());
        for (const warning of result.answer.warnings) {
          const message = `${name} does not support all of the request for ${request.model}: ${warning}`;
          options.notify({ kind: 'request-changed', message });
        }
        return { kind: 'answered' };
      case 'failed': {
        if (result.failure.outcome.kind === 'ask-otherwise') {
          // It cost nothing, and what the provider takes is remembered.
          options.notify({ kind: 'request-changed', message: result.failure.message });
          break;
        }
        state.attempts += 1;
        if (result.failure.code === 'aborted') {
          const { billing, partial } = result.failure;
          return billing === 'none' ? ABORTED : { kind: 'cut', stop: ABORTED, partial };
        }
        options.counts.failed(entry.lane, result.failure, world.now());
        const end = state.afterFailure(entry.lane, result.failure);
        if (end !== undefined) return end;
        break;
      }
      case 'full': {
        const end = await state.afterFull(entry.lane, choices, result.full);
        if (end !== undefined) return end;
        break;
      }
      case 'aborted':
        return ABORTED;
    }
  }
}

export function tooLargeFor(provider: string, tokens: number, tokensPerMinute: number): string {
  return `the request counts for ${tokens} tokens, more than the ${tokensPerMinute} per minute of ${provider}`;
}
