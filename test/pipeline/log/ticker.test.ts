import { expect, it } from 'vitest';
import { sleep } from '../../../src/world/index.js';
import { Ticker } from '../../../src/pipeline/log/ticker.js';
import { createFakeWorld } from '../../support/fake-world.js';

interface Stage {
  readonly ticker: Ticker;
  readonly world: ReturnType<typeof createFakeWorld>;
  readonly stored: readonly number[];
  /** Those of them that are stored as starts. */
  readonly starts: readonly number[];
  readonly failures: readonly unknown[];
  isBehind: boolean;
  isFull: boolean;
}

function stage(): Stage {
  const world = createFakeWorld(0);
  const stored: number[] = [];
  const starts: number[] = [];
  const failures: unknown[] = [];
  const here = { world, stored, starts, failures, isBehind: false, isFull: false };
  const ticker = new Ticker({
    world: {
      now: world.now,
      async wait(ms, signal) {
        await sleep(world, ms, signal);
      },
    },
    isBehind: () => here.isBehind,
    async store({ isStart }) {
      await Promise.resolve();
      if (here.isFull) throw new Error('no space left');
      stored.push(world.now());
      if (isStart) starts.push(world.now());
    },
    onFailure: (error) => failures.push(error),
  });
  return Object.assign(here, { ticker });
}

it('A tick is stored when its time has come, once', async () => {
  const { ticker, world, stored } = stage();
  ticker.expect(5500);
  await world.pass(5499);
  expect(stored).toEqual([]);
  await world.pass(10_000);
  expect(stored).toEqual([5500]);
  ticker.expect(undefined);
  ticker.expect(20_000);
  await world.pass(10_000);
  expect(stored).toEqual([5500, 20_000]);
});

it('The first tick says that nobody was there before, whatever is expected by then', async () => {
  const here = stage();
  const { ticker, world, stored, starts } = here;
  here.isBehind = true;
  ticker.begin(true);
  ticker.expect(9000);
  await world.pass(2000);
  here.isBehind = false;
  here.isFull = true;
  await world.pass(1000);
  here.isFull = false;
  await world.pass(1000);
  expect(stored).toHaveLength(1);
  expect(starts).toEqual(stored);
  ticker.expect(9000);
  await world.pass(9000);
  expect(stored).toEqual([...starts, 9000]);
});

it('None is stored that nobody waits for any more', async () => {
  const { ticker, world, stored } = stage();
  ticker.expect(5000);
  await world.pass(3000);
  ticker.expect(undefined);
  await world.pass(10_000);
  expect(stored).toEqual([]);
  ticker.expect(14_000);
  await ticker.close();
  await world.pass(10_000);
  expect(stored).toEqual([]);
});

it('None is stored while there are events that may do as well', async () => {
  const here = stage();
  const { ticker, world, stored } = here;
  here.isBehind = true;
  ticker.expect(1000);
  await world.pass(10_000);
  expect(stored).toEqual([]);
  here.isBehind = false;
  await world.pass(1000);
  expect(stored).toHaveLength(1);
});

it('One that could not be stored is tried again', async () => {
  const here = stage();
  const { ticker, world, stored, failures } = here;
  here.isFull = true;
  ticker.expect(1000);
  await world.pass(3500);
  expect(failures).toHaveLength(3);
  here.isFull = false;
  await world.pass(1000);
  expect(stored).toHaveLength(1);
});
