/** Money: integer nano-dollars, exact prices, and what tokens cost. */
export { BATCH_DIVISOR } from './batch-divisor.js';
export { inputTokens, NO_TOKENS, totalTokens, writtenTokens, type BillableTokens } from './billable.js';
export { configuredPrice, type CacheRates, type CostPerToken } from './configured-price.js';
export { chargeOfDollars, dollars, dollarText, nanoOfDollars, type Nano } from './nano.js';
export { costOf, partOf, worstCostOf, type Price } from './price.js';
export { knownModels, PRICES_FROM, type KnownModel } from './model-catalogue.js';
export { loadPriceTable, type Bills, type PriceTable, type Vendor } from './price-table.js';
export { amountColumn, showAmount } from './amounts.js';
