import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sharedBuckets } from '../../../src/ai/limit/index.js';
import { loadPriceTable } from '../../../src/ai/money/index.js';
import { openStores } from '../../../src/ai/store/index.js';
import { enterFreeLane } from '../../../src/ai/call/enter-lane.js';
import { createLanes, type ProviderLane } from '../../../src/ai/call/provider-lane.js';
import type { LaneOptions } from '../../../src/ai/call/options.js';
import { createFakeWorld, type FakeWorld } from '../../support/fake-world.js';

const prices = await loadPriceTable();
const REQUEST = { model: 'm', messages: [{ role: 'user', content: 'hi' }], maxOutputTokens: 10 } as const;
const MINUTE = 60_000;

/** The lanes of a provider with so many keys, as several processes have them that share their state. */
async function lanesOf(
  keys: number,
  more: Partial<LaneOptions>,
  world: FakeWorld,
  processes = 1,
): Promise<readonly (readonly ProviderLane[])[]> {
  const limits = (await openStores({ kind: 'memory' })).open('limits');
  const options: LaneOptions = {
    name: 'mine',
    kind: 'openai-compatible',
    baseUrl: 'http://127.0.0.1:1/v1',
    apiKeys: Array.from({ length: keys }, (_, i) => ({ reveal: () => `key-${i}` })),
    ...more,
  };
  const books = {
    bucketsOf: (name: string) => sharedBuckets(limits, name, world),
    breakerOf: (_name: string, own: ProviderLane['breaker']) => own,
  };
  return Array.from({ length: processes }, () => createLanes(options, prices, books, world));
}

interface Entered {
  readonly label: string;
  readonly at: number;
}

/** Lets so many requests in, each of which stays for so long. */
async function letIn(
  lanes: readonly ProviderLane[],
  count: number,
  world: FakeWorld,
  takesMs: number,
): Promise<readonly Entered[]> {
  const from = world.now();
  const once = async (): Promise<Entered> => {
    const soft = new AbortController().signal;
    const entering = await enterFreeLane(lanes, REQUEST, { world, soft, onLimiterWait: () => undefined });
    if (entering.kind !== 'entered') throw new Error(entering.kind);
    const { lane, pass, permit, leave } = entering.entry;
    const at = world.now() - from;
    await new Promise<void>((resolve) => world.after(takesMs, resolve));
    pass.success();
    permit.settle(1);
    leave();
    return { label: lane.label, at };
  };
  return await Promise.all(Array.from({ length: count }, once));
}

function mostWithin(ms: number, times: readonly number[]): number {
  return Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + ms).length));
}

it('lets in as much as all keys allow together, and with no key more than it allows, whoever shares it', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 2 }),
      fc.integer({ min: 6, max: 90 }),
      fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
      fc.integer({ min: 0, max: 400 }),
      async (keys, processes, perMinute, maxConcurrency, takesMs) => {
        const world = createFakeWorld();
        const limits = { rate_limit: { requests_per_minute: perMinute }, maxConcurrency };
        const all = await lanesOf(keys, limits, world, processes);
        const count = Math.ceil((perMinute * keys * 1.5) / processes);
        const entered = (
          await world.until(Promise.all(all.map((lanes) => letIn(lanes, count, world, takesMs))))
        ).flat();
        expect(entered).toHaveLength(count * processes);
        const byLane = groupedBy(entered);
        expect([...byLane.keys()].sort()).toEqual(['mine', 'mine#2', 'mine#3', 'mine#4'].slice(0, keys));
        const burst = Math.max(1, perMinute / 60);
        for (const ones of byLane.values())
          expect(
            mostWithin(
              MINUTE,
              ones.map(({ at }) => at),
            ),
          ).toBeLessThanOrEqual(perMinute + burst);
        const minutes = Math.max(...entered.map(({ at }) => at)) / MINUTE;
        // When the last one is let in, any other key may be about to let in one more.
        expect((entered.length + keys - 1) / minutes).toBeGreaterThanOrEqual(0.97 * perMinute * keys);
        for (const lane of all.flat()) {
          expect([lane.gate.inside, lane.limitStatus().waiting]).toEqual([0, 0]);
          await world.until(lane.close());
        }
      },
    ),
    { numRuns: 30 },
  );
});

it('goes to the key with the fewest requests where none has to wait, and to the next where one has none left', async () => {
  const world = createFakeWorld();
  const [lanes = []] = await lanesOf(3, { maxConcurrency: 2 }, world);
  const labels = async (count: number) => {
    const entered = await world.until(letIn(lanes, count, world, 1000));
    return entered.map(({ label, at }) => `${label} ${at}`);
  };
  expect(await labels(1)).toEqual(['mine 0']);
  expect(await labels(7)).toEqual(['mine 0', 'mine#2 0', 'mine#3 0', 'mine 0', 'mine#2 0', 'mine#3 0', 'mine 1000']);
});

it('takes those along that wait at a key which is told to wait', async () => {
  const world = createFakeWorld();
  const [lanes = []] = await lanesOf(2, { rate_limit: { requests_per_minute: 60 } }, world);
  const waiting = letIn(lanes, 21, world, 0);
  await world.pass(1000);
  lanes[0]?.limitsOf(REQUEST.model).limiter.pauseUntil(world.now() + 3_600_000);
  const entered = await world.until(waiting);
  expect(Math.max(...entered.map(({ at }) => at))).toBeLessThanOrEqual(21_000);
});

it('asks nobody else once a key has gone down while requests waited there', async () => {
  const world = createFakeWorld();
  const [lanes = []] = await lanesOf(2, { rate_limit: { requests_per_minute: 60 } }, world);
  const waiting = letIn(lanes, 9, world, 0);
  await world.pass(1000);
  lanes[0]?.breaker.takeDown(world.now(), Infinity, 'not_authorized');
  const entered = await world.until(waiting);
  expect(entered.filter(({ label, at }) => label === 'mine' && at > 1000)).toEqual([]);
  expect(lanes.map(({ gate }) => gate.inside)).toEqual([0, 0]);
});

it('is left by all who wait at several keys when they are stopped', async () => {
  const world = createFakeWorld();
  const [lanes = []] = await lanesOf(3, { rate_limit: { requests_per_minute: 1 }, maxConcurrency: 1 }, world);
  await world.until(letIn(lanes, 3, world, 0));
  const stop = new AbortController();
  const waits: number[] = [];
  const options = { world, soft: stop.signal, onLimiterWait: (_: string, ms: number) => waits.push(ms) };
  const waiting = Array.from({ length: 5 }, () => enterFreeLane(lanes, REQUEST, options));
  await world.pass(10);
  stop.abort();
  expect(await world.until(Promise.all(waiting))).toEqual(Array.from({ length: 5 }, () => ({ kind: 'aborted' })));
  expect(lanes.map((lane) => lane.gate.inside + lane.limitStatus().waiting)).toEqual([0, 0, 0]);
  expect(waits).toEqual([]);
  for (const lane of lanes) await world.until(lane.close());
});

function groupedBy(entered: readonly Entered[]): Map<string, readonly Entered[]> {
  const labels = new Set(entered.map(({ label }) => label));
  return new Map([...labels].map((label) => [label, entered.filter((one) => one.label === label)]));
}
