import { getEventListeners } from 'node:events';
import { expect, it } from 'vitest';
import { onAbort, realClock, sleep } from '../../src/world/index.js';

it('lets any number wait for one signal, none of which is taken for a leak', async () => {
  const warnings: Error[] = [];
  const note = (warning: Error): void => void warnings.push(warning);
  process.on('warning', note);
  try {
    const stop = new AbortController();
    const sleepers = Array.from({ length: 50 }, () => sleep(realClock, 3_600_000, stop.signal));
    stop.abort();
    expect(await Promise.all(sleepers)).toEqual(sleepers.map(() => false));
    // Node tells of it in a later turn.
    await new Promise((resolve) => setImmediate(resolve));
    expect(warnings).toEqual([]);
  } finally {
    process.off('warning', note);
  }
});

it('leaves nothing behind on a signal that lives on', async () => {
  const stop = new AbortController();
  let count = 0;
  const leave = onAbort(stop.signal, () => (count += 1));
  expect(await sleep(realClock, 0, stop.signal)).toBe(true);
  expect(getEventListeners(stop.signal, 'abort')).toHaveLength(1);
  leave();
  expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
  onAbort(stop.signal, () => (count += 10));
  stop.abort();
  // Nobody can abort what is not there.
  onAbort(undefined, () => (count += 1))();
  expect(count).toBe(10);
});
