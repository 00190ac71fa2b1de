import {
  configuredPrice,
  worstCostOf,
  type Bills,
  type CacheRates,
  type Nano,
  type Price,
  type PriceTable,
  type Vendor,
} from '../money/index.js';
import type { ProviderRequest } from '../provider/index.js';
import { inputTokensMax } from '../request/index.js';
import type { LaneOptions } from './options.js';

/** The prices of a provider's models. */
export interface LanePrices {
  /**
   * The price in the config, which takes precedence over the cost that answers report.
   *
   * @param served the answer's name of the model
   */
  configuredPriceOf(model: string, served?: string): Price | undefined;
  /** The price at `time`, or null. */
  priceOf(model: string, time: number, bills: Bills): Price | null;
}

/**
 * @param wireModel the provider's name of a model
 * @throws RangeError when a configured price is invalid
 */
export function lanePrices(
  { models = [], cost_per_token: common }: Pick<LaneOptions, 'models' | 'cost_per_token'>,
  vendor: Vendor,
  table: PriceTable,
  wireModel: (model: string) => string,
  cacheRates?: CacheRates,
): LanePrices {
  const own = new Map(
    models.flatMap(({ name, cost_per_token: costs }) =>
      costs === undefined ? [] : [[name, configuredPrice(costs, cacheRates)] as const],
    ),
  );
  const commonPrice = common && configuredPrice(common, cacheRates);
  const configuredPriceOf = (model: string, served = model): Price | undefined => {
    const real = wireModel(model);
    const ofAlias = real === model ? undefined : own.get(model);
    return ofAlias ?? own.get(served) ?? own.get(real) ?? commonPrice;
  };
  return {
    configuredPriceOf,
    priceOf: (model, time, bills) => configuredPriceOf(model) ?? table.priceOf(vendor, wireModel(model), time, bills),
  };
}

/** The most that a request can cost in a lane; null: no price is known. */
export function worstCost(lane: Pick<LanePrices, 'priceOf'>, request: ProviderRequest, now: number): Nano | null {
  const price = lane.priceOf(request.model, now, billsOf(request));
  return price && worstCostOf(price, inputTokensMax(request, request.schema), request.maxOutputTokens);
}

/** What a request is billed for. */
export function billsOf({ embedding }: Pick<ProviderRequest, 'embedding'>): Bills {
  return embedding === undefined ? 'answer' : 'vectors';
}
