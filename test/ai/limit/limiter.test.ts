import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLimiter as limiterOf, sharedBuckets, type Limiter, type Permit } from '../../../src/ai/limit/index.js';
import { openStores, type Stores } from '../../../src/ai/store/index.js';
import { createFakeWorld, type FakeWorld } from '../../support/fake-world.js';

type Limits = Parameters<typeof limiterOf>[0];
const memory = (): Promise<Stores> => openStores({ kind: 'memory' });

function limiterIn(stores: Stores, limits: Limits, world: FakeWorld): Limiter {
  return limiterOf(limits, sharedBuckets(stores.open('limits'), 'mine', world), world);
}

/** As many processes have them. */
async function sharing(count: number, limits: Limits, world: FakeWorld): Promise<Limiter[]> {
  const stores = await memory();
  return Array.from({ length: count }, () => limiterIn(stores, limits, world));
}

async function createLimiter(limits: Limits, world: FakeWorld): Promise<Limiter> {
  return limiterIn(await memory(), limits, world);
}

async function granted(limiter: Limiter, tokens: number): Promise<Permit> {
  const admission = await limiter.acquire(tokens);
  if (admission.kind !== 'granted') throw new Error(admission.kind);
  return admission.permit;
}

/** When each of these requests was admitted, in milliseconds from the start; several limiters get them in turn. */
async function admissionTimes(
  world: FakeWorld,
  limiters: Limiter | readonly Limiter[],
  demands: readonly number[],
): Promise<number[]> {
  const all = [limiters].flat();
  const start = world.now();
  const times: number[] = [];
  await world.until(
    Promise.all(
      demands.map(async (tokens, i) => {
        await all[i % all.length]?.acquire(tokens);
        times[i] = world.now() - start;
      }),
    ),
  );
  return times;
}

/** The most that was admitted within any minute. */
function mostInAMinute(times: readonly number[], counts: readonly number[]): number {
  let most = 0;
  let sum = 0;
  for (let from = 0, to = 0; to < times.length; to++) {
    sum += counts[to] ?? 0;
    while ((times[to] ?? 0) - (times[from] ?? 0) >= 60_000) sum -= counts[from++] ?? 0;
    most = Math.max(most, sum);
  }
  return most;
}

const processes = fc.integer({ min: 1, max: 3 });
const requestLimits = fc.integer({ min: 1, max: 600 });
const tokenLimits = fc.integer({ min: 3000, max: 60_000 });
const loads = fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 50, maxLength: 300 });

describe('a limiter', () => {
  it('admits a second’s worth at once and then spreads the rest evenly', async () => {
    const world = createFakeWorld();
    const limiter = await createLimiter({ requestsPerMinute: 120 }, world);
    expect(await admissionTimes(world, limiter, [1, 1, 1, 1, 1])).toEqual([0, 0, 500, 1000, 1500]);
  });

  it('admits at least one request, however low the limit', async () => {
    const world = createFakeWorld();
    const limiter = await createLimiter({ requestsPerMinute: 1 }, world);
    expect(await admissionTimes(world, limiter, [1, 1])).toEqual([0, 60_000]);
  });

  it('admits no more than the limits plus a burst within any minute, over all processes that share it', async () => {
    await fc.assert(
      fc.asyncProperty(
        processes,
        requestLimits,
        tokenLimits,
        loads,
        async (count, requestsPerMinute, tokensPerMinute, demands) => {
          const world = createFakeWorld();
          const limiters = await sharing(count, { requestsPerMinute, tokensPerMinute }, world);
          const times = await admissionTimes(world, limiters, demands);

          const own = times.filter((_, i) => i % count === 0);
          expect(own).toEqual([...own].sort((a, b) => a - b));
          const admitted = times.map((time, i) => ({ time, tokens: demands[i] ?? 0 })).sort((a, b) => a.time - b.time);
          const sorted = admitted.map(({ time }) => time);
          const ones = demands.map(() => 1);
          const requestBurst = Math.max(1, requestsPerMinute / 60);
          expect(mostInAMinute(sorted, ones)).toBeLessThanOrEqual(requestsPerMinute + requestBurst);
          const tokens = admitted.map((one) => one.tokens);
          const burst = Math.max(tokensPerMinute / 60, ...demands);
          expect(mostInAMinute(sorted, tokens)).toBeLessThanOrEqual(tokensPerMinute + burst);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('uses at least 98 % of the limit when there is work, however many processes have it', async () => {
    await fc.assert(
      fc.asyncProperty(
        processes,
        fc.boolean(),
        requestLimits,
        tokenLimits,
        loads,
        async (count, byTokens, perMinute, tokensPerMinute, demands) => {
          const world = createFakeWorld();
          const limits = byTokens ? { tokensPerMinute } : { requestsPerMinute: perMinute };
          const times = await admissionTimes(world, await sharing(count, limits, world), demands);
          const minutes = Math.max(...times) / 60_000;
          fc.pre(minutes > 1);
          const admitted = byTokens ? demands.reduce((a, b) => a + b, 0) : demands.length;
          expect(admitted / (minutes * (byTokens ? tokensPerMinute : perMinute))).toBeGreaterThanOrEqual(0.98);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('gives what one process has set aside and not used to another', async () => {
    const world = createFakeWorld();
    const [one, two] = await sharing(2, { tokensPerMinute: 60_000 }, world);
    if (one === undefined || two === undefined) throw new Error('no limiters');
    (await granted(one, 6000)).settle(0);
    expect(await admissionTimes(world, two, [1000])).toEqual([0]);
    // It had drawn for a request that was given up, and ends while that draw still waits.
    const abort = new AbortController();
    await world.until(granted(one, 1000));
    const givenUp = one.acquire(30_000, abort.signal);
    await world.pass(1);
    abort.abort();
    expect(await givenUp).toEqual({ kind: 'aborted' });
    await one.close();
    expect(await admissionTimes(world, two, [1])).toEqual([0]);
  });

  it('continues when a clock was a year ahead once', async () => {
    const world = createFakeWorld();
    const stores = await memory();
    const wrong = createFakeWorld(world.now() + 365 * 86_400_000);
    await granted(limiterIn(stores, { requestsPerMinute: 1 }, wrong), 1);
    expect(await admissionTimes(world, limiterIn(stores, { requestsPerMinute: 1 }, world), [1])).toEqual([60_000]);
  });

  it('uses the limit fully when requests are settled far below what they reserved', async () => {
    const world = createFakeWorld();
    const limiter = await createLimiter({ tokensPerMinute: 60_000 }, world);
    let used = 0;
    let stop = false;
    const caller = async (): Promise<void> => {
      while (!stop) {
        const permit = await granted(limiter, 2000);
        await new Promise<void>((resolve) => world.after(3000, resolve));
        permit.settle(150);
        used += 150;
      }
    };
    const callers = Array.from({ length: 500 }, caller);
    await world.pass(300_000);
    const before = used;
    await world.pass(600_000);
    stop = true;
    expect(used - before).toBeGreaterThanOrEqual(0.98 * 600_000);
    expect(used - before).toBeLessThanOrEqual(600_000 + 2000);
    await world.until(Promise.all(callers));
  });

  it('is first come, first served: a large request is not overtaken by small ones', async () => {
    const world = createFakeWorld();
    const limiter = await createLimiter({ tokensPerMinute: 6000 }, world);
    const order: string[] = [];
    const ask = (name: string, tokens: number) => limiter.acquire(tokens).then(() => order.push(name));
    await world.until(Promise.all([ask('first', 100), ask('large', 6000), ask('small', 1)]));
    expect(order).toEqual(['first', 'large', 'small']);
  });

  it('rejects a request larger than a whole minute’s tokens at once', async () => {
    const limiter = await createLimiter({ tokensPerMinute: 1000 }, createFakeWorld());
    expect(await limiter.acquire(1001)).toEqual({ kind: 'too-large', tokensPerMinute: 1000 });
  });

  it('lets an aborted waiter go and gives its turn to the next', async () => {
    const world = createFakeWorld();
    const limiter = await createLimiter({ tokensPerMinute: 6000 }, world);
    await granted(limiter, 3000);
    const abort = new AbortController();
    const large = limiter.acquire(6000, abort.signal);
    const small = limiter.acquire(1);
    abort.abort();
    expect(await large).toEqual({ kind: 'aborted' });
    expect((await world.until(small)).kind).toBe('granted');
    expect(limiter.status().waiting).toBe(0);
    expect(await limiter.acquire(1, abort.signal)).toEqual({ kind: 'aborted' });
  });

  it('gives back what a cancelled request took, and only once', async () => {
    const world = createFakeWorld();
    const limiter = await createLimiter({ requestsPerMinute: 1, tokensPerMinute: 60 }, world);
    const permit = await granted(limiter, 60);
    permit.cancel();
    permit.cancel();
    permit.settle(1000);
    expect(await admissionTimes(world, limiter, [1, 1])).toEqual([0, 60_000]);
  });

  it('makes later requests wait for tokens that a request used beyond its reservation', async () => {
    const world = createFakeWorld();
    const limiter = await createLimiter({ tokensPerMinute: 60_000 }, world);
    (await granted(limiter, 100)).settle(5100);
    expect(await admissionTimes(world, limiter, [1000])).toEqual([5100]);
  });

  it('admits nothing before the time that the server named', async () => {
    const world = createFakeWorld();
    const limiter = await createLimiter({}, world);
    limiter.pauseUntil(world.now() + 7000);
    expect(await admissionTimes(world, limiter, [1])).toEqual([7000]);
  });

  it('believes headers that are stricter than its own view, and no others', async () => {
    const world = createFakeWorld();
    const limiter = await createLimiter({ requestsPerMinute: 600, tokensPerMinute: 60_000 }, world);
    limiter.correct({ requests: { limit: 60, remaining: 0 }, tokens: { limit: 1_000_000, remaining: 1_000_000 } });
    expect(limiter.status()).toMatchObject({ requestsPerMinute: 60, tokensPerMinute: 60_000 });
    expect(await admissionTimes(world, limiter, [1, 1])).toEqual([1000, 2000]);
  });

  it('follows the newest header, up and down, and never above what is configured', async () => {
    const limiter = await createLimiter({ requestsPerMinute: 600 }, createFakeWorld());
    const seen = [30, 6000, 300].map((limit) => {
      limiter.correct({ requests: { limit }, tokens: { limit: limit * 10 } });
      return limiter.status();
    });
    expect(seen).toMatchObject([
      { requestsPerMinute: 30, tokensPerMinute: 300 },
      { requestsPerMinute: 600, tokensPerMinute: 60_000 },
      { requestsPerMinute: 300, tokensPerMinute: 3000 },
    ]);
    limiter.correct({});
    expect(limiter.status()).toMatchObject({ requestsPerMinute: 300, tokensPerMinute: 3000 });
  });

  it('learns limits that nobody configured, and lets a request that is larger through, once a minute', async () => {
    const world = createFakeWorld();
    const limiter = await createLimiter({}, world);
    limiter.correct({ tokens: { limit: 600 } });
    (await granted(limiter, 5000)).settle(5000);
    expect(await admissionTimes(world, limiter, [10])).toEqual([60_000]);
  });
});
