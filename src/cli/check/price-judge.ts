import { providerKinds } from '../../ai/provider/kinds/index.js';
import type { IsPriced } from '../../config/index.js';

/** Lets `look` ask which models have a price. The price table is loaded only if it asks; then `look` is called again. */
export async function lookWithPrices<T>(look: (isPriced: IsPriced) => Promise<T>): Promise<T> {
  const table = { asked: false };
  const guessed = await look(() => {
    table.asked = true;
    return true;
  });
  if (!table.asked) return guessed;
  const { loadPriceTable } = await import('../../ai/money/index.js');
  const prices = await loadPriceTable();
  return await look((model, { kind, baseUrl }, asksFor) => {
    const wire = providerKinds.get(kind);
    const address = baseUrl ?? wire?.baseUrl;
    // An unknown address may belong to any vendor.
    if (wire === undefined || address === undefined || !URL.canParse(address)) return false;
    return prices.priceOf(wire.vendor(address), model, Date.now(), asksFor ?? 'answer') !== null;
  });
}
