import type { Totals } from '../../ai/index.js';

/** How much of the input was read from providers' caches, such as `83 % of the input from caches`; undefined: nothing was. */
export function cacheShare({ inputTokens, cacheReadTokens }: Totals): string | undefined {
  if (cacheReadTokens === 0) return undefined;
  return `${percent(cacheReadTokens, inputTokens)} of the input from caches`;
}

/** What is not zero does not show as zero, nor what is not all as all. */
function percent(part: number, whole: number): string {
  const share = (100 * part) / whole;
  if (share < 1) return '< 1 %';
  return `${part < whole ? Math.min(99, Math.round(share)) : 100} %`;
}
