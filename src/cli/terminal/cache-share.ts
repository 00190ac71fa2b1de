import type { Totals } from '../../ai/index.js';

/** Returns the share of the input that was read from providers' caches, such as `83 % of the input from caches`; undefined if none was. */
export function cacheShare({ inputTokens, cacheReadTokens }: Totals): string | undefined {
  if (cacheReadTokens === 0) return undefined;
  return `${percent(cacheReadTokens, inputTokens)} of the input from caches`;
}

/** Rounds so that a share above zero never shows as zero, and a share below 100 % never as 100 %. */
function percent(part: number, whole: number): string {
  const share = (100 * part) / whole;
  if (share < 1) return '< 1 %';
  return `${part < whole ? Math.min(99, Math.round(share)) : 100} %`;
}
