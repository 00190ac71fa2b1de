import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { networkOf, RateLimiter } from '../../../src/server/access/rate-limit.js';
import { testServer } from '../../support/server.js';

describe('the rate limiter', () => {
  it('never lets more through than the rate and ten seconds’ worth at once, and never less when asked evenly', () => {
    const gaps = fc.array(fc.nat(3000), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(gaps, fc.integer({ min: 1, max: 600 }), (waits, perMinute) => {
        let now = 0;
        const limiter = new RateLimiter(() => now);
        const passed: number[] = [];
        for (const ms of waits) {
          now += ms;
          if (limiter.take('x', perMinute) === 0) passed.push(now);
        }
        const burst = Math.max(1, perMinute / 6);
        passed.forEach((from, i) => {
          passed.slice(i).forEach((to, n) => {
            expect(n + 1).toBeLessThanOrEqual(burst + ((to - from) * perMinute) / 60_000 + 1e-6);
          });
        });
        for (let n = 0; n < 20; n++) {
          now += 60_000 / perMinute + 20_000;
          expect(limiter.take('x', perMinute)).toBe(0);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('says when to retry, and keeps its word', () => {
    let now = 0;
    const limiter = new RateLimiter(() => now);
    while (limiter.take('x', 30) === 0);
    const waitMs = limiter.take('x', 30);
    expect(waitMs).toBe(2000);
    now += waitMs - 1;
    expect(limiter.take('x', 30)).toBeGreaterThan(0);
    expect(limiter.take('another', 30)).toBe(0);
    now += 1;
    expect(limiter.take('x', 30)).toBe(0);
  });

  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['1::3:4:5:6:7:8', '1:0:3:4::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ])('counts %s for %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});

describe('a server with limits', () => {
  it('answers 429 and when to retry, for an address as for a token; not to the liveness check', async () => {
    const refused: string[] = [];
    const server = await testServer({
      settings: { limits: { perToken: undefined, perAddress: 6 } },
      server: {
        elapsed: () => 0,
        audit: { action: () => undefined, refused: ({ path }) => refused.push(path), refusedMore: () => undefined },
      },
    });
    expect((await fetch(`${server.url}/health`)).status).toBe(200);
    const answer = await fetch(`${server.url}/health?x=secret`);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '10']);
    expect(await answer.json()).toMatchObject({ error: 'Too many requests' });
    expect((await fetch(`${server.url}/livez`)).status).toBe(200);
    expect(refused).toEqual(['/health']);
    await server.close();
  });
});
