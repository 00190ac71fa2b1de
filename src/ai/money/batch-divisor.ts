/** Providers bill a batch at half the price of single requests. */
export const BATCH_DIVISOR = 2n;
