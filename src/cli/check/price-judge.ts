import { providerKinds } from '../../ai/provider/kinds/index.js';
import type { IsPriced } from '../../config/index.js';

/** Answers which models have a price, without loading the price table until it is known to be needed. */
export interface PriceJudge {
  readonly isPriced: IsPriced;
  /** @returns whether it was asked before the table was there, so that its answers were guesses */
  loadIfAsked(): Promise<boolean>;
}

export function priceJudge(): PriceJudge {
  let asked = false;
  let judge: IsPriced = () => {
    asked = true;
    return true;
  };
  return {
    isPriced: (model, provider, asksFor) => judge(model, provider, asksFor),
    async loadIfAsked() {
      if (!asked) return false;
      const { loadPriceTable } = await import('../../ai/money/index.js');
      const table = await loadPriceTable();
      judge = (model, { kind }, asksFor) => {
        const wire = providerKinds.get(kind);
        // Behind an address of one's own there may be any vendor.
        if (wire?.baseUrl === undefined) return false;
        return table.priceOf(wire.vendor(wire.baseUrl), model, Date.now(), asksFor ?? 'answer') !== null;
      };
      return true;
    },
  };
}
