import type { CallFacts } from '../journal/index.js';
import { costOf, NO_TOKENS, type Nano } from '../money/index.js';
import { inputTokensMax, loadTokenCounter, type TokenCounter, type UniversalRequest } from '../request/index.js';
import { without } from '../without.js';
import { worstCost } from './attempt.js';
import type { AiCallOptions } from './call.js';
import { billsOf } from './lane-prices.js';
import { countedTokens } from './enter-lane.js';
import type { ProviderLane } from './provider-lane.js';
import { choicesFor, onePerProvider, type LaneChoice } from './choose.js';
import { largestCap, secondRequests } from './repair-request.js';
import type { RunBudget } from './run-budget.js';
import { tooLargeFor } from './make-attempts.js';

/** The expected cost of a call. Costs are null if the model has no known price. */
export type Estimate =
  | {
      readonly kind: 'possible';
      /** The journal has the answer: it costs nothing. */
      readonly journaled: boolean;
      /** The provider that would be tried first. */
      readonly provider: string;
      readonly model: string;
      readonly tokens: { readonly likelyInput: number; readonly likelyOutput: number; readonly worst: number };
      readonly cost: {
        readonly likely: Nano | null;
        /** What is reserved for the call, at the most expensive provider that may serve it. */
        readonly worst: Nano | null;
        /** Approximately the most that a second attempt, which repairs a truncated or invalid answer, can add. */
        readonly mending: Nano | null;
      };
    }
  /** No provider can serve it, or its worst case exceeds a whole budget. */
  | { readonly kind: 'impossible'; readonly journaled: boolean; readonly message: string };

/** The share of its cap that an answer is assumed to use. */
const LIKELY_OUTPUT_SHARE = 0.5;

let counter: Promise<TokenCounter> | undefined;

export async function estimateCall(
  lanes: readonly ProviderLane[],
  request: UniversalRequest,
  facts: CallFacts,
  context: AiCallOptions,
  runBudget: RunBudget,
  now: number,
  journaled: boolean,
): Promise<Estimate> {
  const sent = {
    ...without(request, 'provider', 'max_tokens'),
    maxOutputTokens: facts.maxTokens,
    schema: context.schema,
  };
  const providers = onePerProvider(lanes);
  const { choices, unfit } = choicesFor(providers, sent, context.route ?? 'cheapest', context.pipeline, runBudget, now);
  const fitting = choices.filter((option) => tooLarge(option) === undefined);
  const [first] = fitting;
  if (first === undefined) {
    const reasons = [...unfit.map((one) => one.reason), ...choices.map(tooLarge)].filter((one) => one !== undefined);
    const message = reasons.join('; ') || `no AI provider ${request.provider ?? ''} is configured`;
    return { kind: 'impossible', journaled, message };
  }
  counter ??= loadTokenCounter();
  const count = await counter;
  const likelyInput = count(sent, context.schema);
  const likelyOutput = Math.ceil(first.request.maxOutputTokens * LIKELY_OUTPUT_SHARE);
  const price = first.lane.priceOf(request.model, now, billsOf(request));
  const worst = (option: LaneChoice): Nano | null => worstCost(option.lane, option.request, now);
  const capMax = largestCap(lanes, request.model);
  return {
    kind: 'possible',
    journaled,
    provider: first.lane.name,
    model: request.model,
    tokens: {
      likelyInput,
      likelyOutput,
      worst: inputTokensMax(sent, context.schema) + first.request.maxOutputTokens,
    },
    cost: {
      likely: price && costOf(price, { ...NO_TOKENS, input: likelyInput, output: likelyOutput }),
      worst: dearest(fitting.map(worst)),
      mending: dearest(
        fitting.flatMap((option) =>
          secondRequests(option.request, capMax).map((second) => worst({ ...option, request: second })),
        ),
      ),
    },
  };
}

/** Why a request can never pass a rate limit; undefined: it can. */
function tooLarge({ lane, request }: LaneChoice): string | undefined {
  const tokens = countedTokens(request);
  const limits = lane.limiters(request.model).map((limiter) => limiter.status().tokensMax ?? Infinity);
  const least = Math.min(...limits);
  return tokens <= least ? undefined : tooLargeFor(lane.name, tokens, least);
}

function dearest(costs: readonly (Nano | null)[]): Nano | null {
  return costs.reduce((most, cost) => (cost === null || (most !== null && most >= cost) ? most : cost), null);
}
