import { costOf, type Nano } from '../money/index.js';
import type { AttemptEnd } from '../ledger/index.js';
import type { ProviderAnswer, ProviderRequest } from '../provider/index.js';
import { tokensOf } from './attempt-end.js';
import type { CascadePlace } from './call.js';
import { worstCost } from './lane-prices.js';
import type { ProviderLane } from './provider-lane.js';

/** The money that a step of a cascade involves beyond its own call. */
export interface StepMoney {
  /** The worst case of the later steps, each at its most expensive provider with a known price. Nano-dollars. */
  readonly ahead: Nano;
  /** Why a later step can never be asked, so that this one isn't paid for either; undefined: all can. */
  refusal(isLimited: boolean): string | undefined;
  /** For the first step: what the last model would have cost for the tokens of an answer. For later steps: nothing. */
  instead(answer: ProviderAnswer, time: number): Pick<AttemptEnd, 'instead'>;
}

/**
 * Returns the money that a step involves.
 *
 * @param lanes the lanes that may serve the cascade
 * @param request of the step; later steps ask other models the same
 */
export function stepMoney(
  lanes: readonly ProviderLane[],
  request: ProviderRequest,
  { step, models }: CascadePlace,
  now: number,
): StepMoney {
  const behind = models.slice(step);
  const last = models.at(-1) ?? request.model;
  // Computed on demand: a call that the journal answers needs none of it.
  let worsts: readonly (Nano | null)[] | undefined;
  const worstsBehind = (): readonly (Nano | null)[] =>
    (worsts ??= behind.map((model) => dearest(serving(lanes, model), { ...request, model }, now)));
  return {
    get ahead() {
      return worstsBehind().reduce<Nano>((sum, worst) => sum + (worst ?? 0n), 0n);
    },
    refusal(isLimited) {
      const unserved = behind.find((model) => serving(lanes, model).length === 0);
      if (unserved !== undefined) return `no provider of this stage serves ${unserved}, which the cascade asks next`;
      const unpriced = isLimited ? behind[worstsBehind().indexOf(null)] : undefined;
      if (unpriced === undefined) return undefined;
      return `no price is known for ${unpriced}, which the cascade asks next, but a budget needs one: set its cost_per_token`;
    },
    instead(answer, time) {
      if (step > 1 || behind.length === 0) return {};
      const [lane] = serving(lanes, last);
      const price = lane?.priceOf(last, time, 'answer');
      return { instead: price === undefined || price === null ? null : costOf(price, tokensOf(answer, request)) };
    },
  };
}

function serving(lanes: readonly ProviderLane[], model: string): readonly ProviderLane[] {
  return lanes.filter((lane) => lane.provider.serves(model));
}

/** The highest worst case among the lanes; null if none has a price. */
function dearest(lanes: readonly ProviderLane[], request: ProviderRequest, now: number): Nano | null {
  return lanes.reduce<Nano | null>((most, lane) => {
    const cap = lane.settingsOf(request.model)?.max_output_tokens ?? Infinity;
    const sent = { ...request, maxOutputTokens: Math.min(request.maxOutputTokens, cap) };
    const cost = worstCost(lane, sent, now);
    return cost === null || (most !== null && most >= cost) ? most : cost;
  }, null);
}
