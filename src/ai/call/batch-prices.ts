import { BATCH_DIVISOR, partOf, type Price } from '../money/index.js';
import type { LanePrices } from './lane-prices.js';

/** Returns the prices of a provider's models in a batch. */
export function batchPrices(lane: LanePrices): LanePrices {
  const half = <T extends null | undefined>(price: Price | T): Price | T => price && partOf(price, BATCH_DIVISOR);
  return {
    configuredPriceOf: (model, served) => half(lane.configuredPriceOf(model, served)),
    priceOf: (model, time, bills) => half(lane.priceOf(model, time, bills)),
  };
}
