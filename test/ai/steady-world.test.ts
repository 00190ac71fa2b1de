import { expect, it } from 'vitest';
import { createLimiter, sharedBuckets } from '../../src/ai/limit/index.js';
import { openStores } from '../../src/ai/store/index.js';
import { steadyWorld } from '../../src/ai/steady-world.js';
import { createFakeWorld } from '../support/fake-world.js';

it('a clock that is set back neither goes back nor stands still, until the other has caught up', async () => {
  const world = createFakeWorld(100_000);
  const steady = steadyWorld(world);
  const seen: number[] = [];
  world.setBack(30_000);
  for (const ms of [0, 10_000, 20_000, 30_000, 1000]) {
    await world.pass(ms);
    seen.push(steady.now());
  }
  expect(seen).toEqual([100_000, 105_000, 115_000, 130_000, 131_000]);
});

it('a limit that a second is enough for keeps nobody waiting for the 30 s by which a clock is set back', async () => {
  const world = createFakeWorld();
  const steady = steadyWorld(world);
  const stores = await openStores({ kind: 'memory' });
  const buckets = sharedBuckets(stores.open('limits'), 'mine', steady);
  const limiter = createLimiter({ requestsPerMinute: 60 }, buckets, steady);
  const start = world.elapsed();
  for (let i = 0; i < 4; i++) {
    await world.until(limiter.acquire(1));
    if (i === 0) world.setBack(30_000);
  }
  limiter.pauseUntil(steady.now() + 1000);
  await world.until(limiter.acquire(1));
  expect(world.elapsed() - start).toBeLessThan(15_000);
});
