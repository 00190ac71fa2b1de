import { describe, expect, it } from 'vitest';
import { createRateMeter, goDurationMs, readLimitHeaders } from '../../../src/ai/limit/index.js';

const now = Date.UTC(2026, 0, 1);
const read = (headers: Record<string, string>) => readLimitHeaders(new Headers(headers), now);

describe('rate-limit headers', () => {
  it('are read as OpenAI sends them', () => {
    expect(
      read({
        'x-ratelimit-limit-requests': '500',
        'x-ratelimit-remaining-requests': '499',
        'x-ratelimit-limit-tokens': '30000',
        'x-ratelimit-remaining-tokens': '0',
        'x-ratelimit-reset-tokens': '6m0s',
      }),
    ).toEqual({ requests: { limit: 500, remaining: 499 }, tokens: { limit: 30000, remaining: 0 } });
  });

  it('are read as Anthropic sends them', () => {
    expect(
      read({
        'anthropic-ratelimit-requests-limit': '50',
        'anthropic-ratelimit-requests-remaining': '0',
        'anthropic-ratelimit-tokens-limit': '40000',
        'anthropic-ratelimit-tokens-reset': '2026-01-01T00:00:10Z',
        'retry-after': '10',
      }),
    ).toEqual({ requests: { limit: 50, remaining: 0 }, tokens: { limit: 40000 }, retryAfterMs: 10_000 });
  });

  it.each([
    [{ 'retry-after-ms': '1500', 'retry-after': '2' }, 1500],
    [{ 'retry-after': '0.5' }, 500],
    [{ 'retry-after': 'Thu, 01 Jan 2026 00:01:00 GMT' }, 60_000],
    [{ 'retry-after': 'Thu, 01 Jan 2026 00:01:00 GMT', date: 'Thu, 01 Jan 2026 00:00:58 GMT' }, 2000],
    [{ 'retry-after': 'Thu, 01 Jan 2025 00:00:00 GMT' }, undefined],
    [{ 'retry-after': '0' }, undefined],
    [{ 'retry-after-ms': '0', 'retry-after': '2' }, 2000],
    [{ 'retry-after': '2678400' }, 31 * 86_400_000],
    [{ 'retry-after': '2678401' }, undefined],
    [{ 'retry-after': '9'.repeat(300) }, undefined],
    [{ 'retry-after': 'Infinity' }, undefined],
    [{ 'retry-after': '1m30s' }, 90_000],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'retry-after': '-3' }, undefined],
    [{}, undefined],
  ])('say with %j to wait %s ms', (headers, ms) => {
    expect(read(headers).retryAfterMs).toBe(ms);
  });

  it('that are not integers are ignored', () => {
    expect(read({ 'x-ratelimit-limit-tokens': 'lots', 'x-ratelimit-remaining-tokens': '-1' })).toEqual({});
  });
});

describe('a Go duration', () => {
  it.each([
    ['12ms', 12],
    ['6m0s', 360_000],
    ['46s', 46_000],
    ['1h2m3.5s', 3_723_500],
    ['', undefined],
    ['5', undefined],
    ['5s!', undefined],
  ])('%j is %s ms', (text, ms) => {
    expect(goDurationMs(text)).toBe(ms);
  });
});

describe('a rate meter', () => {
  it('counts the last minute and forgets what is older', () => {
    const meter = createRateMeter();
    meter.add(10, 0);
    meter.add(5, 30_000);
    expect(meter.perMinute(59_999)).toBe(15);
    expect(meter.perMinute(60_000)).toBe(5);
    expect(meter.perMinute(10_000_000)).toBe(0);
  });
});
