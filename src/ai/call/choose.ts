import { costOf, NO_TOKENS, showDollars } from '../money/index.js';
import type { ProviderRequest } from '../provider/index.js';
import { inputTokensMax, roughTokens } from '../request/index.js';
import { inOrder, type Candidate, type Route } from '../route/index.js';
import { worstCost } from './attempt.js';
import type { CallFailureCode } from './call.js';
import type { Channel } from './channel.js';
import type { Purse } from './purse.js';

/** A channel that may serve a request, and the request as it would be sent there. */
export interface Option extends Candidate {
  readonly channel: Channel;
  readonly request: ProviderRequest;
}

/** Why a channel can't serve a request, now or ever. */
export interface Unfit {
  readonly code: CallFailureCode;
  readonly reason: string;
}

/** An answer is likely to be about as long as this share of its cap. Only comparisons depend on it. */
const LIKELY_OUTPUT_SHARE = 0.5;

/** Whether a channel can serve a request at all, and how it would be sent there. */
export function fit(
  channel: Channel,
  request: ProviderRequest,
  pipeline: string,
  purse: Purse,
  now: number,
): Option | Unfit {
  const { name } = channel;
  const { model } = request;
  if (!channel.provider.serves(model))
    return { code: 'no_provider', reason: `${name} does not serve the model ${model}` };
  const settings = channel.settingsOf(model);
  const maxOutputTokens = Math.min(request.maxOutputTokens, settings?.max_output_tokens ?? Infinity);
  const input = roughTokens(request);
  const window = settings?.context_window;
  if (window !== undefined && input + maxOutputTokens > window) {
    return {
      code: 'no_provider',
      reason: `about ${input} + ${maxOutputTokens} tokens do not fit ${model}'s window of ${window} at ${name}`,
    };
  }
  const sent = { ...request, maxOutputTokens };
  const worst = worstCost(channel, sent, now);
  if (worst === null && purse.isLimited(pipeline)) {
    return {
      code: 'no_provider',
      reason: `${name} has no price for ${model}, which a budget needs: set its cost_per_token`,
    };
  }
  const whole = purse.wholeLimit(pipeline);
  // A budget of nothing stops the run instead: no request would ever fit.
  if (worst !== null && whole !== undefined && whole > 0n && worst > whole) {
    const reason = `one request's worst case at ${name} is ${showDollars(worst)}, more than a whole day's ${showDollars(whole)}`;
    return { code: 'too_expensive', reason: `${reason}: lower max_tokens, or shorten the prompt` };
  }
  const price = channel.priceOf(model, now);
  const likelyOutput = Math.ceil(maxOutputTokens * LIKELY_OUTPUT_SHARE);
  return {
    channel,
    request: sent,
    likelyCost:
      price === null
        ? undefined
        : costOf(price, { ...NO_TOKENS, input: Math.min(input, inputTokensMax(request)), output: likelyOutput }),
    latencyMs: channel.latency.mean(now),
  };
}

/** The options of a request in the order of its route; where there are none, why. */
export function optionsFor(
  channels: readonly Channel[],
  request: ProviderRequest,
  route: Route,
  pipeline: string,
  purse: Purse,
  now: number,
): { readonly options: readonly Option[]; readonly unfit: readonly Unfit[] } {
  const looked = channels.map((channel) => fit(channel, request, pipeline, purse, now));
  const options = looked.filter((found) => 'channel' in found);
  return { options: inOrder(options, route), unfit: looked.filter((found) => 'code' in found) };
}
