import { configuredPrice, type Bills, type Price, type PriceTable, type Vendor } from '../money/index.js';
import type { ProviderRequest } from '../provider/index.js';
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
): LanePrices {
  const own = new Map(
    models.flatMap(({ name, cost_per_token: costs }) =>
      costs === undefined ? [] : [[name, configuredPrice(costs)] as const],
    ),
  );
  const commonPrice = common && configuredPrice(common);
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

/** What a request is billed for. */
export function billsOf({ embedding }: Pick<ProviderRequest, 'embedding'>): Bills {
  return embedding === undefined ? 'answer' : 'vectors';
}
