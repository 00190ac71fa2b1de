import { goDurationMs } from './go-duration.js';
import { saneWaitMs, untilEpochMs, wholeNumber } from './waits.js';

/** An answer's headers, by their names. */
type HeaderValues = Pick<Headers, 'get'>;

/** What an answer says about one of the provider's limits. */
export interface LimitState {
  readonly limit?: number;
  readonly remaining?: number;
}

/** What an answer says about the provider's limits. Any part may be missing; nothing is guessed. */
export interface LimitReport {
  readonly requests?: LimitState;
  readonly tokens?: LimitState;
  /** Milliseconds to wait before the next request. */
  readonly retryAfterMs?: number;
}

/**
 * Reads `x-ratelimit-*` (OpenAI and compatible servers), `anthropic-ratelimit-*`, `retry-after` and `retry-after-ms`.
 * The reset times of both families say when a limit is full again, not when the next request fits: they are ignored.
 * OpenRouter's `x-ratelimit-reset` is the time of the next request.
 *
 * @param now milliseconds since the epoch, for a `retry-after` with a date
 */
export function readLimitHeaders(headers: HeaderValues, now: number): LimitReport {
  const requests = stateOf(headers, ['x-ratelimit', 'anthropic-ratelimit'], 'requests');
  // Anthropic limits input and output tokens apart, and shows the tightest of its limits as plain `tokens`.
  const tokens = stateOf(headers, ['x-ratelimit', 'anthropic-ratelimit'], 'tokens');
  const retryAfterMs = retryAfter(headers, now) ?? untilReset(headers, now);
  return {
    ...(requests && { requests }),
    ...(tokens && { tokens }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

function stateOf(headers: HeaderValues, families: readonly string[], what: string): LimitState | undefined {
  for (const family of families) {
    // OpenAI: x-ratelimit-limit-requests; Anthropic: anthropic-ratelimit-requests-limit.
    const read = (part: string): number | undefined =>
      wholeNumber(headers.get(`${family}-${part}-${what}`) ?? headers.get(`${family}-${what}-${part}`));
    const limit = read('limit');
    const remaining = read('remaining');
    if (limit !== undefined || remaining !== undefined) {
      return { ...(limit !== undefined && { limit }), ...(remaining !== undefined && { remaining }) };
    }
  }
  return undefined;
}

function retryAfter(headers: HeaderValues, now: number): number | undefined {
  const ms = saneWaitMs(Number(headers.get('retry-after-ms') ?? Number.NaN));
  if (ms !== undefined) return ms;
  const text = headers.get('retry-after')?.trim();
  if (text === undefined || text === '') return undefined;
  const seconds = Number(text);
  if (!Number.isNaN(seconds)) return saneWaitMs(seconds * 1000);
  // The date is the server's, whose clock may differ from this machine's.
  const sentAt = Date.parse(headers.get('date') ?? '');
  return saneWaitMs(goDurationMs(text) ?? Date.parse(text) - (Number.isNaN(sentAt) ? now : sentAt));
}

/** OpenRouter: when its only limit restarts; reported when nothing is left of it. */
function untilReset(headers: HeaderValues, now: number): number | undefined {
  if (wholeNumber(headers.get('x-ratelimit-remaining')) !== 0) return undefined;
  return untilEpochMs(headers.get('x-ratelimit-reset'), now);
}
