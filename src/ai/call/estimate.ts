import type { CallFacts } from '../journal/index.js';
import { costOf, NO_TOKENS, type Nano } from '../money/index.js';
import { inputTokensMax, loadTokenCounter, type TokenCounter, type UniversalRequest } from '../request/index.js';
import { without } from '../without.js';
import { worstCost } from './attempt.js';
import type { CallContext } from './call.js';
import type { Channel } from './channel.js';
import { optionsFor } from './choose.js';
import type { Purse } from './purse.js';

/** What a call would take. Costs are null when the model has no known price. */
export type Estimate =
  | {
      readonly kind: 'possible';
      /** The journal has the answer: it costs nothing. */
      readonly journaled: boolean;
      /** Who would be asked first. */
      readonly provider: string;
      readonly model: string;
      readonly tokens: { readonly likelyInput: number; readonly likelyOutput: number; readonly worst: number };
      readonly cost: { readonly likely: Nano | null; readonly worst: Nano | null };
      /** For the time that many such calls take. */
      readonly limits: {
        readonly requestsPerMinute?: number | undefined;
        readonly tokensPerMinute?: number | undefined;
      };
    }
  /** No provider can serve it, or its worst case is beyond a whole budget. */
  | { readonly kind: 'impossible'; readonly journaled: boolean; readonly message: string };

/** Without a better guess, an answer is about this share of its cap. */
const LIKELY_OUTPUT_SHARE = 0.5;

let counter: Promise<TokenCounter> | undefined;

export async function estimateCall(
  channels: readonly Channel[],
  request: UniversalRequest,
  facts: CallFacts,
  context: CallContext,
  purse: Purse,
  now: number,
  journaled: boolean,
): Promise<Estimate> {
  const sent = {
    ...without(request, 'provider', 'max_tokens'),
    maxOutputTokens: facts.maxTokens,
    schema: context.schema,
  };
  const { options, unfit } = optionsFor(channels, sent, context.route ?? 'cheapest', context.pipeline, purse, now);
  const [first] = options;
  if (first === undefined) {
    const message =
      unfit.map((one) => one.reason).join('; ') || `no AI provider ${request.provider ?? ''} is configured`;
    return { kind: 'impossible', journaled, message };
  }
  counter ??= loadTokenCounter();
  const count = await counter;
  const likelyInput = count(sent, context.schema);
  const likelyOutput = Math.ceil(first.request.maxOutputTokens * LIKELY_OUTPUT_SHARE);
  const price = first.channel.priceOf(request.model, now);
  const limits = first.channel.limiters(request.model).map((limiter) => limiter.status());
  return {
    kind: 'possible',
    journaled,
    provider: first.channel.name,
    model: request.model,
    tokens: {
      likelyInput,
      likelyOutput,
      worst: inputTokensMax(sent, context.schema) + first.request.maxOutputTokens,
    },
    cost: {
      likely: price && costOf(price, { ...NO_TOKENS, input: likelyInput, output: likelyOutput }),
      worst: worstCost(first.channel, first.request, now),
    },
    limits: {
      requestsPerMinute: tightest(limits.map((limit) => limit.requestsPerMinute)),
      tokensPerMinute: tightest(limits.map((limit) => limit.tokensPerMinute)),
    },
  };
}

function tightest(limits: readonly (number | undefined)[]): number | undefined {
  const set = limits.filter((limit) => limit !== undefined);
  return set.length === 0 ? undefined : Math.min(...set);
}
