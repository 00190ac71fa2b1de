/**
 * Tokens by how they are billed. The classes do not overlap: `input` excludes tokens read from or written to a cache.
 * All counts are integers of at least 0.
 */
export interface BillableTokens {
  readonly input: number;
  readonly cacheRead: number;
  /** Written to a cache that lives five minutes, or as long as the provider's only kind does. */
  readonly cacheWrite: number;
  /** Written to a cache that lives an hour. */
  readonly cacheWriteHour: number;
  /** Reasoning included. */
  readonly output: number;
}

export const NO_TOKENS: BillableTokens = { input: 0, cacheRead: 0, cacheWrite: 0, cacheWriteHour: 0, output: 0 };

/** All input tokens, cached or not. Long-context price tiers depend on this sum. */
export function inputTokens(tokens: BillableTokens): number {
  return tokens.input + tokens.cacheRead + tokens.cacheWrite + tokens.cacheWriteHour;
}

/** Those written to a cache, however long it lives. */
export function writtenTokens({ cacheWrite, cacheWriteHour }: BillableTokens): number {
  return cacheWrite + cacheWriteHour;
}

export function totalTokens(tokens: BillableTokens): number {
  return inputTokens(tokens) + tokens.output;
}
