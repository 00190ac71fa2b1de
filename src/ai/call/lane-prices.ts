import { configuredPrice, type Bills, type Price, type PriceTable, type Vendor } from '../money/index.js';
import type { ProviderRequest } from '../provider/index.js';
import type { LaneOptions } from './options.js';

/** What a provider's models cost. */
export interface LanePrices {
  /** The price that the config gives, whatever answers say of theirs. */
  configuredPriceOf(model: string): Price | undefined;
  /** The price at `time`, or null. */
  priceOf(model: string, time: number, bills: Bills): Price | null;
}

/** @throws RangeError when a configured price is invalid */
export function lanePrices(
  { models = [], cost_per_token: common }: Pick<LaneOptions, 'models' | 'cost_per_token'>,
  vendor: Vendor,
  table: PriceTable,
): LanePrices {
  const own = new Map(
    models.flatMap(({ name, cost_per_token: costs }) =>
      costs === undefined ? [] : [[name, configuredPrice(costs)] as const],
    ),
  );
  const commonPrice = common && configuredPrice(common);
  const configuredPriceOf = (model: string): Price | undefined => own.get(model) ?? commonPrice;
  return {
    configuredPriceOf,
    priceOf: (model, time, bills) => configuredPriceOf(model) ?? table.priceOf(vendor, model, time, bills),
  };
}

/** What a request is billed for. */
export function billsOf({ embedding }: Pick<ProviderRequest, 'embedding'>): Bills {
  return embedding === undefined ? 'answer' : 'vectors';
}
