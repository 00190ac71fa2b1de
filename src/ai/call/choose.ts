import { costOf, NO_TOKENS, showAmount, type Nano } from '../money/index.js';
import type { ProviderRequest } from '../provider/index.js';
import { inputTokensMax, roughTokens } from '../request/index.js';
import { inOrder, type RouteCandidate, type Route } from '../route/index.js';
import type { CallFailureCode } from './call.js';
import { billsOf, worstCost } from './lane-prices.js';
import type { ProviderLane } from './provider-lane.js';
import type { RunBudget } from './run-budget.js';

/** A lane that may serve a request, and the request as it would be sent there. */
export interface LaneChoice extends RouteCandidate {
  readonly lane: ProviderLane;
  readonly request: ProviderRequest;
}

/** Why a lane can't serve a request, now or ever. */
export interface Unfit {
  readonly code: CallFailureCode;
  readonly reason: string;
  /** It asks for more than the model takes. */
  readonly tooLong?: boolean;
}

/** The share of its cap that an answer is assumed to use. Only comparisons depend on it. */
const LIKELY_OUTPUT_SHARE = 0.5;

/**
 * Whether a lane can serve a request, and how the request would be sent there.
 *
 * @param ahead nano-dollars: the worst case of what is to follow it
 */
export function fit(
  lane: ProviderLane,
  request: ProviderRequest,
  pipeline: string,
  runBudget: RunBudget,
  now: number,
  ahead: Nano,
): LaneChoice | Unfit {
  const { name } = lane;
  const { model } = request;
  if (!lane.provider.serves(model)) return { code: 'no_provider', reason: `${name} does not serve the model ${model}` };
  if (request.embedding !== undefined && lane.provider.embeddings === undefined)
    return { code: 'no_provider', reason: `${name} has no embeddings` };
  const settings = lane.settingsOf(model);
  const maxOutputTokens = Math.min(request.maxOutputTokens, settings?.max_output_tokens ?? Infinity);
  const input = roughTokens(request);
  const window = settings?.context_window;
  if (window !== undefined && input + maxOutputTokens > window) {
    return {
      code: 'no_provider',
      tooLong: true,
      reason: `about ${input} + ${maxOutputTokens} tokens do not fit ${model}'s context window of ${window} at ${name}`,
    };
  }
  const sent = { ...request, maxOutputTokens };
  const worst = worstCost(lane, sent, now);
  if (worst === null && runBudget.isLimited(pipeline)) {
    return {
      code: 'no_provider',
      reason: `${name} has no price for ${model}, but a budget needs one: set its cost_per_token`,
    };
  }
  const whole = runBudget.wholeLimit(pipeline);
  // A budget of zero stops the run instead: no request would ever fit.
  if (worst !== null && whole !== undefined && whole > 0n && worst + ahead > whole) {
    const what =
      ahead > 0n ? "a request's worst case, with the steps of the cascade behind it," : "a request's worst case";
    const reason = `${what} at ${name} is ${showAmount(worst + ahead)}, more than a whole day's budget of ${showAmount(whole)}`;
    return { code: 'too_expensive', reason: `${reason}: lower max_tokens, or shorten the prompt` };
  }
  const price = lane.priceOf(model, now, billsOf(request));
  const likelyOutput = Math.ceil(maxOutputTokens * LIKELY_OUTPUT_SHARE);
  return {
    lane,
    request: sent,
    likelyCost:
      price === null
        ? undefined
        : costOf(price, { ...NO_TOKENS, input: Math.min(input, inputTokensMax(request)), output: likelyOutput }),
    latencyMs: lane.health.latency.mean(now),
  };
}

/** The first lane of each provider, for properties that are the same in all of them. */
export function onePerProvider(lanes: readonly ProviderLane[]): readonly ProviderLane[] {
  return lanes.filter((lane, i) => lanes.findIndex(({ name }) => name === lane.name) === i);
}

/** A request's choices, the providers in the order of its route; where there are none, the reasons. */
export function choicesFor(
  lanes: readonly ProviderLane[],
  request: ProviderRequest,
  route: Route,
  pipeline: string,
  runBudget: RunBudget,
  now: number,
  ahead: Nano = 0n,
): { readonly choices: readonly LaneChoice[]; readonly unfit: readonly Unfit[] } {
  const looked = onePerProvider(lanes).map((lane) => fit(lane, request, pipeline, runBudget, now, ahead));
  const providers = inOrder(
    looked.filter((found) => 'lane' in found),
    route,
  );
  const choices = providers.flatMap((found) =>
    lanes.filter(({ name }) => name === found.lane.name).map((lane) => ({ ...found, lane })),
  );
  return { choices, unfit: looked.filter((found) => 'code' in found) };
}
