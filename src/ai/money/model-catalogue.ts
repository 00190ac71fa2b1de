import type { ModelPrice } from '@pydantic/genai-prices';
import { findOptions, type Vendor } from './price-table.js';

/** A model in the price table. Prices are current, in US dollars per million tokens, and apply to the shortest requests. */
export interface KnownModel {
  readonly provider: string;
  readonly model: string;
  readonly input: number | null;
  readonly output: number | null;
  /** The price of input that the provider finds in its cache. */
  readonly cacheRead: number | null;
  /** Whether each token of a longer request costs more. */
  readonly tiered: boolean;
  /** Tokens of a request and its answer; null: the table does not say. */
  readonly contextWindow: number | null;
  /** Text, and every modality with a price of its own. */
  readonly modalities: readonly string[];
  readonly deprecated: boolean;
}

/** The release of the price table, and the day on which it was published. A test holds it to package.json. */
export const PRICE_TABLE = { release: '0.1.8', date: '2026-09-23' };

/** The source of the prices, its release and date. */
export const PRICES_FROM = `@pydantic/genai-prices ${PRICE_TABLE.release} of ${PRICE_TABLE.date}`;

const MODALITIES = ['image', 'audio', 'video', 'document'] as const;

/**
 * The models of some vendors, in the order of the vendors, each by name.
 *
 * @param time milliseconds since the epoch: prices change
 */
export async function knownModels(
  vendors: readonly { readonly name: string; readonly vendor: Vendor }[],
  time: number,
): Promise<readonly KnownModel[]> {
  const { calcPrice, findProvider } = await import('@pydantic/genai-prices');
  const timestamp = new Date(time);
  return vendors.flatMap(({ name, vendor }) => {
    const options = findOptions(vendor);
    const models = [...(findProvider(options)?.models ?? [])].sort((a, b) => (a.id < b.id ? -1 : 1));
    return models.map(({ id, context_window: contextWindow, deprecated = false }) => {
      const prices = calcPrice({ input_tokens: 1 }, id, { ...options, timestamp })?.model_price ?? {};
      return { provider: name, model: id, ...shown(prices), contextWindow: contextWindow ?? null, deprecated };
    });
  });
}

function shown(prices: ModelPrice): Pick<KnownModel, 'input' | 'output' | 'cacheRead' | 'tiered' | 'modalities'> {
  const base = (key: string): number | null => {
    const price = prices[key];
    return price === undefined ? null : typeof price === 'number' ? price : price.base;
  };
  const input = base('input_mtok');
  const apart = MODALITIES.filter((modality) => Object.keys(prices).some((key) => key.includes(modality)));
  return {
    input,
    output: base('output_mtok'),
    cacheRead: base('cache_read_mtok'),
    tiered: Object.values(prices).some((price) => typeof price === 'object'),
    modalities: [...(input === null ? [] : ['text']), ...apart],
  };
}
