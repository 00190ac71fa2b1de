import { AsyncLocalStorage } from 'node:async_hooks';
import { expect, it } from 'vitest';
import { simulatedClock } from '../../src/world/index.js';

const HOUR = 3_600_000;

it('goes from timer to timer, in order, and stands still while there is work', async () => {
  const clock = simulatedClock(1000, HOUR, () => undefined);
  const seen: string[] = [];
  const note = (what: string): void => void seen.push(`${what} ${clock.now() - 1000}`);
  clock.after(500, () => note('b'));
  clock.after(100, () => {
    note('a');
    clock.after(100, () => note('a2'));
  });
  clock.after(500, () => note('c'));
  const cancel = clock.after(300, () => note('never'));
  cancel();
  // Work that takes turns of the event loop comes before any timer.
  for (let turn = 0; turn < 50; turn++) await Promise.resolve();
  expect(clock.now()).toBe(1000);
  await clock.wait(600);
  expect(seen).toEqual(['a 100', 'a2 200', 'b 500', 'c 500']);
  expect([clock.now(), clock.elapsed()]).toEqual([1600, 600]);
});

it('runs what a timer does as part of what has set it', async () => {
  const clock = simulatedClock(0, HOUR, () => undefined);
  const whose = new AsyncLocalStorage<string>();
  const told: (string | undefined)[] = [];
  whose.run('first', () => clock.after(10, () => told.push(whose.getStore())));
  whose.run('second', () => clock.after(5, () => told.push(whose.getStore())));
  await clock.wait(20);
  expect(told).toEqual(['second', 'first']);
});

it('ends at its limit, once', async () => {
  let limits = 0;
  const ended = new Promise<void>((resolve) => {
    const clock = simulatedClock(0, HOUR, () => {
      limits += 1;
      resolve();
    });
    const again = (): void => void clock.after(HOUR / 3, again);
    again();
  });
  await ended;
  expect(limits).toBe(1);
});
