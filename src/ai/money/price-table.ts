import type { ModelPrice, ProviderFindOptions, TieredPrices } from '@pydantic/genai-prices';
import { NANO_PER_DOLLAR } from './nano.js';
import type { Price, Rates } from './price.js';
import { dividedBy, parseDecimal, times, ZERO, type Rational } from './rational.js';

const TOKENS_PER_MTOK = 1_000_000n;
const CACHE_ENTRIES_MAX = 1000;
/** Prices may depend on the time of day; one lookup per minute is enough for that. */
const CACHE_STEP_MS = 60_000;

/** The vendor whose prices apply: by its name in the table, or by the address of the requests. */
export type Vendor = { readonly id: string } | { readonly url: string };

/** What a request is billed for: vectors have no output, so their model needs no price for output. */
export type Bills = 'answer' | 'vectors';

/** A vendor, as the table's library identifies it. */
export function findOptions(vendor: Vendor): ProviderFindOptions {
  return 'id' in vendor ? { providerId: vendor.id } : { providerApiUrl: vendor.url };
}

/** The maintained price table. */
export interface PriceTable {
  /** The price at `time` (milliseconds since the epoch); null: the table does not know the model, and no guess is made. */
  priceOf(vendor: Vendor, model: string, time: number, bills?: Bills): Price | null;
}

/** Loads the price table that ships with `@pydantic/genai-prices`; it is never updated over the network. */
export async function loadPriceTable(): Promise<PriceTable> {
  const { calcPrice, findProvider } = await import('@pydantic/genai-prices');
  const cache = new Map<string, Price | null>();
  return {
    priceOf(vendor, model, time, bills = 'answer') {
      const step = Math.floor(time / CACHE_STEP_MS);
      const key = JSON.stringify([vendor, model, step, bills]);
      const known = cache.get(key);
      if (known !== undefined) return known;
      const provider = findOptions(vendor);
      // Without a vendor, the table would search all of them and match a local model of the same name.
      const found =
        findProvider(provider) === undefined
          ? null
          : calcPrice({ input_tokens: 1, output_tokens: 1 }, model, {
              ...provider,
              timestamp: new Date(step * CACHE_STEP_MS),
            });
      const price = found === null ? null : priceFrom(found.model_price, bills);
      if (cache.size >= CACHE_ENTRIES_MAX) cache.clear();
      cache.set(key, price);
      return price;
    },
  };
}

/**
 * Exact prices from the table's floats, which are dollars per million tokens. A cache class without a price is billed
 * as input, as providers do. A model with a price per request counts as unknown.
 */
export function priceFrom(model: ModelPrice, bills: Bills = 'answer'): Price | null {
  if (model['input_mtok'] === undefined) return null;
  if (model['output_mtok'] === undefined && bills === 'answer') return null;
  if (model['requests_kcount'] !== undefined) return null;
  const starts = new Set<number>();
  for (const value of Object.values(model))
    if (typeof value === 'object') for (const tier of value.tiers) starts.add(tier.start);
  return {
    base: ratesAt(model, 0),
    tiers: [...starts].sort((a, b) => a - b).map((above) => ({ above, rates: ratesAt(model, above + 1) })),
  };
}

function ratesAt(model: ModelPrice, inputTokens: number): Rates {
  const rate = (key: string): Rational | undefined => {
    const perMtok = model[key];
    return perMtok === undefined ? undefined : nanoPerToken(at(perMtok, inputTokens));
  };
  const input = rate('input_mtok') ?? ZERO;
  const cacheWrite = rate('cache_write_mtok') ?? input;
  return {
    input,
    cacheRead: rate('cache_read_mtok') ?? input,
    cacheWrite,
    cacheWriteHour: rate('cache_write_1h_mtok') ?? cacheWrite,
    output: rate('output_mtok') ?? ZERO,
  };
}

function at(price: number | TieredPrices, inputTokens: number): number {
  if (typeof price === 'number') return price;
  return price.tiers.findLast((tier) => inputTokens > tier.start)?.price ?? price.base;
}

function nanoPerToken(dollarsPerMtok: number): Rational {
  return dividedBy(times(parseDecimal(dollarsPerMtok), NANO_PER_DOLLAR), TOKENS_PER_MTOK);
}
